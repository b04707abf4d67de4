//! Whether no name stands twice, told by hashes alone: no name is looked at again, and nothing waits for memory.
//!
//! The hashes are keyed anew each time and have 64 bits. Names that are alike have one hash; that two others have is as
//! unlikely as that memory fails, and then they are looked at one by one.

use super::names::{hash, keys};

/// Hashes that share a bucket, about.
const TOGETHER: usize = 8;
/// Most buckets: what counts them stays in a near cache.
const MOST: usize = 1 << 16;

/// Whether all names are sure to differ.
pub(crate) fn are_distinct<'a>(names: impl Iterator<Item = &'a [u8]>) -> bool {
    let keys = keys();
    differ(&names.map(|name| hash(name, keys)).collect::<Vec<_>>())
}

/// Whether no hash stands twice: those of a bucket are put together and compared. Hashes that one could foresee might all
/// be in one bucket.
pub(crate) fn differ(hashes: &[u64]) -> bool {
    let buckets = (hashes.len() / TOGETHER).next_power_of_two().clamp(2, MOST);
    let shift = 64_u32.wrapping_sub(buckets.trailing_zeros());
    let bucket = |hash: u64| usize::try_from(hash >> shift).unwrap_or_default();
    let mut ends = vec![0_u32; buckets];
    for &hash in hashes {
        ends.get_mut(bucket(hash)).into_iter().for_each(|count| *count = count.wrapping_add(1));
    }
    let mut sum = 0_u32;
    for count in &mut ends {
        (*count, sum) = (sum, sum.wrapping_add(*count));
    }
    let mut together = vec![0; hashes.len()];
    for &hash in hashes {
        let Some(place) = ends.get_mut(bucket(hash)) else { continue };
        together.get_mut(*place as usize).into_iter().for_each(|slot| *slot = hash);
        *place = place.wrapping_add(1);
    }
    let mut start = 0;
    ends.iter().all(|&end| {
        let end = end as usize;
        let bucket = together.get(start..end).unwrap_or_default();
        start = end;
        all_differ(bucket)
    })
}

fn all_differ(few: &[u64]) -> bool {
    let mut rest = few;
    while let Some((first, behind)) = rest.split_first() {
        if behind.contains(first) {
            return false;
        }
        rest = behind;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn says_what_a_set_says(names in proptest::collection::vec(0_u32..5000, 0..100)) {
            let names: Vec<String> = names.iter().map(|name| format!("{}.{name}", "layers.".repeat(*name as usize % 7))).collect();
            let set: HashSet<&String> = names.iter().collect();
            prop_assert_eq!(are_distinct(names.iter().map(String::as_bytes)), set.len() == names.len());
        }
    }

    #[test]
    fn one_of_many_stands_twice() {
        let mut names: Vec<String> = (0..50_000).map(|name| format!("model.layers.{name}.weight")).collect();
        assert!(are_distinct(names.iter().map(String::as_bytes)));
        names.push("model.layers.123.weight".to_owned());
        assert!(!are_distinct(names.iter().map(String::as_bytes)));
        assert!(!are_distinct(std::iter::repeat_n(&b"weight"[..], 100_000)));
    }
}
