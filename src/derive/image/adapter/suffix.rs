//! How the tensors of an adapter end.

use crate::format::bytes;

/// Which side of the product a suffix stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// `[rank, in, ..]`
    Down,
    /// A whole LoKr factor, `[rows, columns]`.
    Factor,
    /// The first half of a LoKr factor, `[rows, rank]`.
    FactorDown,
    /// The second half of a LoKr factor, `[rank, columns]`.
    FactorUp,
    /// The whole difference, `[out, in, ..]`
    Full,
    /// Says nothing about widths.
    Other,
    /// `[out, rank, ..]`
    Up,
}

impl Side {
    /// Whether it is one of LoKr's factors, which say something only together.
    pub(super) fn is_factor(self) -> bool {
        matches!(self, Self::Factor | Self::FactorDown | Self::FactorUp)
    }
}

/// Suffixes that only adapters have.
static SUFFIXES: &[(&str, Side)] = &[
    (".lora_down.weight", Side::Down),
    (".lora_up.weight", Side::Up),
    (".lora_A.weight", Side::Down),
    (".lora_B.weight", Side::Up),
    (".lora_A.default.weight", Side::Down),
    (".lora_B.default.weight", Side::Up),
    (".lora_A", Side::Down),
    (".lora_B", Side::Up),
    (".lora_B.bias", Side::Other),
    (".lora.down.weight", Side::Down),
    (".lora.up.weight", Side::Up),
    ("_lora.down.weight", Side::Down),
    ("_lora.up.weight", Side::Up),
    ("_lora1.down.weight", Side::Down),
    ("_lora1.up.weight", Side::Up),
    ("_lora2.down.weight", Side::Down),
    ("_lora2.up.weight", Side::Up),
    (".lora_linear_layer.down.weight", Side::Down),
    (".lora_linear_layer.up.weight", Side::Up),
    (".lora_mid.weight", Side::Other),
    (".hada_w1_a", Side::Up),
    (".hada_w1_b", Side::Down),
    (".hada_w2_a", Side::Up),
    (".hada_w2_b", Side::Down),
    (".hada_t1", Side::Other),
    (".hada_t2", Side::Other),
    (".lokr_w1", Side::Factor),
    (".lokr_w2", Side::Factor),
    (".lokr_w1_a", Side::FactorDown),
    (".lokr_w1_b", Side::FactorUp),
    (".lokr_w2_a", Side::FactorDown),
    (".lokr_w2_b", Side::FactorUp),
    (".lokr_t2", Side::Other),
    (".oft_blocks", Side::Other),
    (".oft_diag", Side::Other),
    (".boft_diag", Side::Other),
    (".oft_R.weight", Side::Other),
    (".a1.weight", Side::Other),
    (".a2.weight", Side::Other),
    (".b1.weight", Side::Other),
    (".b2.weight", Side::Other),
    (".diff", Side::Full),
    (".diff_b", Side::Other),
    (".dora_scale", Side::Other),
    (".lora_magnitude_vector", Side::Other),
    (SET, Side::Other),
];

/// The only suffix that ends with `_weight`.
const SET: &str = ".set_weight";

/// The module's name, the adapter suffix behind it and its side.
pub(super) fn split(name: &str) -> Option<(&str, &'static str, Side)> {
    let (stem, place) = Splitter::default().split(name)?;
    SUFFIXES.get(place).map(|(suffix, side)| (stem, *suffix, *side))
}

/// Whether a name ends as only adapters' do.
pub(in crate::derive::image) fn is_suffixed(name: &[u8]) -> bool {
    !name.last_chunk().is_some_and(is_plain) && find(name).is_some()
}

/// The place of the suffix that a name has. No suffix ends with another one.
fn find(name: &[u8]) -> Option<usize> {
    let tail = name.last_chunk::<5>().filter(|tail| TAILS.as_chunks().0.contains(tail))?;
    // Projections that are one matrix end so, and no suffix but one.
    if name.ends_with(b"_weight") && !name.ends_with(SET.as_bytes()) {
        return None;
    }
    let ends = |suffix: &[u8]| suffix.last_chunk() == Some(tail) && bytes::ends(name, suffix);
    SUFFIXES.iter().position(|(suffix, _)| ends(suffix.as_bytes()))
}

/// The last five letters of [`SUFFIXES`], end to end.
const TAILS: &[u8] = b".bias.diff_diag_w1_a_w1_b_w2_a_w2_bda_t1da_t2ectoreightiff_bkr_t2kr_w1kr_w2locksora_Aora_Bscale";

/// The suffix that stands at `place`, and its side.
pub(super) fn suffix(place: usize) -> Option<(&'static str, Side)> {
    SUFFIXES.get(place).copied()
}

/// Takes suffixes off names, of which one file has few.
#[derive(Default)]
pub(super) struct Splitter {
    /// Places of suffixes that were found, the last one first.
    recent: Vec<usize>,
}

/// So many suffixes are tried before all others.
const RECENT: usize = 4;

impl Splitter {
    /// The module's name and the place of the adapter suffix behind it.
    pub(super) fn split<'n>(&mut self, name: &'n str) -> Option<(&'n str, usize)> {
        if name.as_bytes().last_chunk().is_some_and(is_plain) {
            return None;
        }
        let ends =
            |place: &&usize| suffix(**place).is_some_and(|(suffix, _)| bytes::ends(name.as_bytes(), suffix.as_bytes()));
        let recent = self.recent.iter().find(ends).copied();
        let place = recent.or_else(|| {
            let found = find(name.as_bytes());
            self.recent.truncate(RECENT.saturating_sub(1));
            self.recent.splice(0..0, found);
            found
        })?;
        let stem = name.len().checked_sub(suffix(place)?.0.len())?;
        Some((name.get(..stem)?, place))
    }
}

/// The last letters of a name.
pub(in crate::derive::image) type Tail = [u8; 9];

/// Whether a name that ends so is a plain weight's or bias's, a norm's scale or an adapter's strength, as nearly every other
/// name is: no adapter's suffix stands there. A shorter name ends with letters of whatever stands before it.
#[inline(always)]
pub(in crate::derive::image) fn is_plain(tail: &Tail) -> bool {
    const ALPHA: u64 = u64::from_le_bytes(*b"\0\0.alpha");
    const BIAS: u64 = u64::from_le_bytes(*b"\0\0\0.bias");
    const SCALE: u64 = u64::from_le_bytes(*b"\0\0.scale");
    const WEIGHT: u64 = u64::from_le_bytes(*b"\0.weight");
    let [before, tail @ ..] = tail;
    let [last, _, side, ..] = *tail;
    let tail = u64::from_le_bytes(*tail);
    match tail & !0xff {
        WEIGHT => !is_side([*before, last]),
        _ if tail & !0xff_ffff == BIAS => side != b'B',
        _ => matches!(tail & !0xffff, ALPHA | SCALE),
    }
}

/// The last two letters before `.weight` in [`SUFFIXES`].
const SIDES: [[u8; 2]; 11] = [*b"_A", *b"_B", *b"_R", *b"a1", *b"a2", *b"b1", *b"b2", *b"id", *b"lt", *b"up", *b"wn"];

/// A bit for each of them.
const SIDE_BITS: u64 = {
    let (mut bits, mut rest) = (0, SIDES.as_slice());
    while let Some((side, behind)) = rest.split_first() {
        (bits, rest) = (bits | bit(*side), behind);
    }
    bits
};

/// One bit of 64, by a product in which the letters that other names have there share few with [`SIDES`].
const fn bit(letters: [u8; 2]) -> u64 {
    1 << ((u16::from_le_bytes(letters) as u32).wrapping_mul(0x27d4_eb2f) >> 26)
}

/// Whether these are letters before `.weight` in [`SUFFIXES`].
#[inline(always)]
fn is_side(letters: [u8; 2]) -> bool {
    SIDE_BITS & bit(letters) != 0 && SIDES.contains(&letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_look_rules_no_suffix_out() {
        for (suffix, side) in SUFFIXES {
            let name = ["a.module", suffix].concat();
            let found = split(&name).map(|(_, _, side)| side);
            assert_eq!(found, Some(*side), "{suffix}");
            // However short the name is, and whatever stands before it.
            assert!(suffix.as_bytes().last_chunk().is_none_or(|tail| !is_plain(tail)), "{suffix}");
        }
        assert_eq!(split("a.module.norm1.weight").map(|(stem, ..)| stem), None);
    }

    #[test]
    fn no_word_of_a_suffix_is_a_number() {
        let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        let mut words = SUFFIXES.iter().flat_map(|(suffix, _)| suffix.split(['.', '_']).skip(1));
        assert!(words.all(|word| !is_number(word)));
    }

    #[test]
    fn one_suffix_is_a_weight_without_a_dot() {
        let ends: Vec<&str> =
            SUFFIXES.iter().map(|(suffix, _)| *suffix).filter(|suffix| suffix.ends_with("_weight")).collect();
        assert_eq!(ends, [SET]);
    }

    #[test]
    fn every_side_is_told_by_its_letters() {
        let sides = SUFFIXES.iter().filter_map(|(suffix, _)| suffix.strip_suffix(".weight"));
        let mut letters: Vec<&[u8; 2]> = sides.filter_map(|side| side.as_bytes().last_chunk()).collect();
        letters.sort_unstable();
        letters.dedup();
        assert!(letters.into_iter().eq(&SIDES));
    }

    #[test]
    fn every_tail_is_known() {
        let mut tails: Vec<&[u8; 5]> =
            SUFFIXES.iter().filter_map(|(suffix, _)| suffix.as_bytes().last_chunk()).collect();
        tails.sort_unstable();
        tails.dedup();
        assert!(tails.into_iter().eq(TAILS.as_chunks().0));
    }

    #[test]
    fn no_suffix_ends_with_another() {
        assert!(SUFFIXES.len() <= 64, "one bit stands for each");
        for (at, (suffix, _)) in SUFFIXES.iter().enumerate() {
            assert!(suffix.len() > 4, "{suffix}");
            assert!(
                SUFFIXES.iter().enumerate().all(|(other, (end, _))| other == at || !suffix.ends_with(end)),
                "{suffix}"
            );
        }
    }
}
