//! The answers in vector instructions of x86-64.

#![allow(
    unsafe_code,
    reason = "the one room of vector instructions: every call is of instructions that the processor is known to have"
)]

use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
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
