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
