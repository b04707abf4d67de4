//! The answers in vector instructions of x86-64.

#![allow(
    unsafe_code,
    reason = "the one room of vector instructions: every call is of instructions that the processor is known to have"
)]

use super::ends::{Block, Marks, gather};
use super::portable;
use std::arch::x86_64::{
    __m128i, __m256i, _mm_clmulepi64_si128, _mm_cmpeq_epi8, _mm_cvtsi128_si64, _mm_loadu_si128, _mm_min_epu8,
    _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
};

/// A bit for each byte that ends a plain run in a string.
#[inline(always)]
pub(super) fn stops(chunk: &[u8; 16]) -> u32 {
    // SAFETY: every x86-64 processor has SSE2; the sixteen bytes read are those of the chunk.
    unsafe { stops_sse2(chunk) }
}

#[inline]
#[target_feature(enable = "sse2")]
#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "bytes and bits, not numbers")]
fn stops_sse2(chunk: &[u8; 16]) -> u32 {
    // SAFETY: an unaligned load of the chunk's own sixteen bytes.
    let bytes = unsafe { _mm_loadu_si128(chunk.as_ptr().cast::<__m128i>()) };
    let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
    let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
    let control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control)) as u32
}

/// A bit for each byte that is no blank of JSON.
#[inline(always)]
pub(super) fn inks(chunk: &[u8; 16]) -> u32 {
    // SAFETY: every x86-64 processor has SSE2; the sixteen bytes read are those of the chunk.
    unsafe { inks_sse2(chunk) }
}

#[inline]
#[target_feature(enable = "sse2")]
#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "bytes and bits, not numbers")]
fn inks_sse2(chunk: &[u8; 16]) -> u32 {
    // SAFETY: an unaligned load of the chunk's own sixteen bytes.
    let bytes = unsafe { _mm_loadu_si128(chunk.as_ptr().cast::<__m128i>()) };
    let spaces = _mm_or_si128(
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b' ' as i8)),
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\t' as i8)),
    );
    let ends = _mm_or_si128(
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\n' as i8)),
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\r' as i8)),
    );
    !(_mm_movemask_epi8(_mm_or_si128(spaces, ends)) as u32) & 0xFFFF
}

/// A bit for each byte in which the two agree.
#[inline(always)]
pub(super) fn equals(left: &[u8; 16], right: &[u8; 16]) -> u32 {
    // SAFETY: every x86-64 processor has SSE2; the bytes read are those of the two arrays.
    unsafe { equals_sse2(left, right) }
}

#[inline]
#[target_feature(enable = "sse2")]
#[allow(clippy::cast_sign_loss, reason = "bits, not numbers")]
fn equals_sse2(left: &[u8; 16], right: &[u8; 16]) -> u32 {
    // SAFETY: unaligned loads of the arrays' own sixteen bytes.
    let left = unsafe { _mm_loadu_si128(left.as_ptr().cast::<__m128i>()) };
    // SAFETY: as above.
    let right = unsafe { _mm_loadu_si128(right.as_ptr().cast::<__m128i>()) };
    _mm_movemask_epi8(_mm_cmpeq_epi8(left, right)) as u32
}

/// The places at which strings end or are not plain; see [`super::ends`].
pub(super) fn places(blocks: &[Block], places: &mut [u32]) -> (usize, usize) {
    if has_avx2() {
        // SAFETY: the processor was just seen to have these instructions.
        return unsafe { places_avx2(blocks, places) };
    }
    gather(marks, portable::sums, blocks, places)
}

/// What stands where in a block.
#[inline(always)]
pub(super) fn marks(block: &Block) -> Marks {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { marks_sse2(block) }
}

/// A bit for each backslash of a block.
#[inline(always)]
pub(super) fn backslashes(block: &Block) -> u64 {
    let (parts, _) = block.as_chunks();
    parts.iter().rev().fold(0, |bits, part| bits << 16 | u64::from(equals(part, &[b'\\'; 16])))
}

/// Whether the processor has all that [`places_avx2`] is made of: those since 2013.
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("pclmulqdq")
        && std::arch::is_x86_feature_detected!("popcnt")
}

#[target_feature(enable = "avx2,bmi1,pclmulqdq,popcnt")]
fn places_avx2(blocks: &[Block], places: &mut [u32]) -> (usize, usize) {
    gather(|block| marks_avx2(block), |bits| sums_clmul(bits), blocks, places)
}

/// A product without carry by all ones: see [`portable::sums`].
#[inline]
#[target_feature(enable = "pclmulqdq")]
#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "bits, not numbers")]
fn sums_clmul(bits: u64) -> u64 {
    let product = _mm_clmulepi64_si128(_mm_set_epi64x(0, bits as i64), _mm_set1_epi8(-1), 0);
    _mm_cvtsi128_si64(product) as u64
}

#[inline]
#[target_feature(enable = "avx2")]
#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "bytes and bits, not numbers")]
fn marks_avx2(block: &Block) -> Marks {
    let (mut marks, (halves, _)) = (Marks::default(), block.as_chunks::<32>());
    for half in halves.iter().rev() {
        // SAFETY: an unaligned load of the half's own thirty-two bytes.
        let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast::<__m256i>()) };
        let quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(b'"' as i8));
        let backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(b'\\' as i8));
        let control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1F)), bytes);
        let other = _mm256_or_si256(backslash, control);
        marks.quotes = marks.quotes << 32 | u64::from(_mm256_movemask_epi8(quote) as u32);
        marks.others = marks.others << 32 | u64::from(_mm256_movemask_epi8(other) as u32);
    }
    marks
}

#[inline]
#[target_feature(enable = "sse2")]
#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "bytes and bits, not numbers")]
fn marks_sse2(block: &Block) -> Marks {
    let (mut marks, (parts, _)) = (Marks::default(), block.as_chunks::<16>());
    for part in parts.iter().rev() {
        // SAFETY: an unaligned load of the part's own sixteen bytes.
        let bytes = unsafe { _mm_loadu_si128(part.as_ptr().cast::<__m128i>()) };
        let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
        let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
        let control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
        marks.quotes = marks.quotes << 16 | u64::from(_mm_movemask_epi8(quote) as u32);
        marks.others = marks.others << 16 | u64::from(_mm_movemask_epi8(_mm_or_si128(backslash, control)) as u32);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Under Miri, which takes a thousand times as long, those at the edges.
    fn some(byte: &u8) -> bool {
        !cfg!(miri) || [0, 0x1F, 0x20, b'"', b'\\', 0x80, 0xFF].contains(byte)
    }

    #[test]
    fn all_mark_the_same() {
        for place in (0..64).step_by(if cfg!(miri) { 9 } else { 1 }) {
            for byte in (0..=255).filter(some) {
                let mut block = [b'a'; 64];
                block[place] = byte;
                block[63 - place] = byte;
                assert_eq!(marks(&block), portable::marks(&block), "{byte} at {place}");
                assert_eq!(backslashes(&block), portable::backslashes(&block), "{byte} at {place}");
                if has_avx2() {
                    // SAFETY: the processor was just seen to have these instructions.
                    assert_eq!(unsafe { marks_avx2(&block) }, portable::marks(&block), "{byte} at {place}");
                }
            }
        }
    }

    #[test]
    fn both_sum_the_same() {
        for bits in [0, 1, u64::MAX, 1 << 63, 0x0123_4567_89AB_CDEF].into_iter().filter(|_| has_avx2()) {
            // SAFETY: the processor was just seen to have these instructions.
            assert_eq!(unsafe { sums_clmul(bits) }, portable::sums(bits));
        }
    }
}
