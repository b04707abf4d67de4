//! Short names compared where they stand: for a few bytes, calling a comparison costs more than comparing.

/// Whether both are the same.
#[inline]
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    // The last bytes first: names differ there, if anywhere.
    if let Some(ends) = left.last_chunk::<16>()
        && let Some(others) = right.last_chunk()
    {
        let heads = || left.first_chunk::<16>() == right.first_chunk();
        let all = || left.as_chunks::<16>().0.iter().eq(right.as_chunks::<16>().0);
        return ends == others && if left.len() <= 32 { heads() } else { all() };
    }
    if let Some(ends) = left.last_chunk::<8>()
        && let Some(others) = right.last_chunk()
    {
        return ends == others && left.first_chunk::<8>() == right.first_chunk();
    }
    if let Some(ends) = left.last_chunk::<4>()
        && let Some(others) = right.last_chunk()
    {
        return ends == others && left.first_chunk::<4>() == right.first_chunk();
    }
    left.iter().eq(right)
}

/// Whether two shapes are the same.
#[inline]
pub(crate) fn same_sizes(left: &[u64], right: &[u64]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left == right)
}

/// Whether `name` begins with `start`.
#[inline]
pub(crate) fn begins(name: &[u8], start: &[u8]) -> bool {
    name.get(..start.len()).is_some_and(|head| same(head, start))
}

/// Whether `name` ends with `end`.
#[inline]
pub(crate) fn ends(name: &[u8], end: &[u8]) -> bool {
    name.len().checked_sub(end.len()).and_then(|start| name.get(start..)).is_some_and(|tail| same(tail, end))
}

/// How many bytes both begin with.
#[inline]
pub(crate) fn common(left: &[u8], right: &[u8]) -> usize {
    let mut whole = 0_usize;
    for (left, right) in left.as_chunks().0.iter().zip(right.as_chunks().0) {
        if let Some(same) = parting(left, right) {
            return whole.wrapping_add(same);
        }
        whole = whole.wrapping_add(16);
    }
    let least = left.len().min(right.len());
    let ends = left.get(..least).zip(right.get(..least));
    // The last sixteen bytes, some of which are known to be the same.
    if let Some((left, right)) = ends.and_then(|(left, right)| left.last_chunk().zip(right.last_chunk())) {
        return parting(left, right).map_or(least, |same| least.wrapping_sub(16).wrapping_add(same));
    }
    left.iter().zip(right).take_while(|(left, right)| left == right).count()
}

/// How many bytes are the same before the first that is not.
#[inline]
fn parting(left: &[u8; 16], right: &[u8; 16]) -> Option<usize> {
    let apart = u128::from_le_bytes(*left) ^ u128::from_le_bytes(*right);
    (apart != 0).then(|| usize::try_from(apart.trailing_zeros() / 8).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn are_what_slices_say(left in "[ab]{0,40}", right in "[ab]{0,40}", cut in 0_usize..40) {
            let (left, right) = (left.as_bytes(), right.as_bytes());
            let head = left.get(..cut).unwrap_or(left);
            let longer = [head, right].concat();
            for (one, other) in [(left, right), (left, left), (left, head), (longer.as_slice(), right), (left, longer.as_slice())] {
                prop_assert_eq!(same(one, other), one == other);
                prop_assert_eq!(begins(one, other), one.starts_with(other));
                prop_assert_eq!(ends(one, other), one.ends_with(other));
                prop_assert_eq!(common(one, other), one.iter().zip(other).take_while(|(one, other)| one == other).count());
            }
        }
    }
}
