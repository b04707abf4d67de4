//! Tensor infos and the element types they name.

/// One element type: how many elements a block holds and how many bytes it takes.
#[derive(Debug, PartialEq, Eq)]
pub struct GgmlType {
    /// The number in the file.
    pub id: u32,
    /// The name that operators know: `Q4_K`.
    pub name: &'static str,
    /// Elements in a block.
    pub block_elements: u64,
    /// Bytes of a block.
    pub block_bytes: u64,
}

/// One tensor as the header tells it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TensorInfo<'a> {
    /// The name, up to its first zero byte; not necessarily UTF-8.
    pub name: &'a [u8],
    /// How many dimensions the file states, 0 to 4.
    pub dimension_count: u32,
    /// The dimensions in the file's order, fastest-varying first; the missing ones are 1.
    pub dimensions: [u64; 4],
    /// The fifth dimension, which only the wide form of the reader takes; else 1.
    pub fifth_dimension: u64,
    /// The element type's number; [`ggml_type`] knows it.
    pub type_id: u32,
    /// Where the data begins, in bytes from the start of the data section.
    pub data_offset: u64,
    /// The data's length in bytes, without padding.
    pub size_bytes: u64,
    /// Where this entry begins in the file.
    pub offset: u64,
}

/// The element type numbered `id`, unless it is unknown or was removed.
pub fn ggml_type(id: u32) -> Option<&'static GgmlType> {
    usize::try_from(id).ok().and_then(|id| *BY_ID.get(id)?)
}

/// The live types at their numbers.
static BY_ID: [Option<&GgmlType>; TYPE_COUNT as usize] = by_id();

#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "evaluated when compiled")]
const fn by_id() -> [Option<&'static GgmlType>; TYPE_COUNT as usize] {
    let mut by_id = [None; TYPE_COUNT as usize];
    let mut at = 0;
    while at < TYPES.len() {
        by_id[TYPES[at].id as usize] = Some(&TYPES[at]);
        at += 1;
    }
    by_id
}

/// One more than the highest type number: anything from here on is newer than the engine.
pub(super) const TYPE_COUNT: u32 = 43;

const fn row(id: u32, name: &'static str, block_elements: u64, block_bytes: u64) -> GgmlType {
    GgmlType { id, name, block_elements, block_bytes }
}

/// The live types, by number: ggml of llama.cpp v0.5.0.
const TYPES: &[GgmlType] = &[
    row(0, "F32", 1, 4),
    row(1, "F16", 1, 2),
    row(2, "Q4_0", 32, 18),
    row(3, "Q4_1", 32, 20),
    row(6, "Q5_0", 32, 22),
    row(7, "Q5_1", 32, 24),
    row(8, "Q8_0", 32, 34),
    row(9, "Q8_1", 32, 36),
    row(10, "Q2_K", 256, 84),
    row(11, "Q3_K", 256, 110),
    row(12, "Q4_K", 256, 144),
    row(13, "Q5_K", 256, 176),
    row(14, "Q6_K", 256, 210),
    row(15, "Q8_K", 256, 292),
    row(16, "IQ2_XXS", 256, 66),
    row(17, "IQ2_XS", 256, 74),
    row(18, "IQ3_XXS", 256, 98),
    row(19, "IQ1_S", 256, 50),
    row(20, "IQ4_NL", 32, 18),
    row(21, "IQ3_S", 256, 110),
    row(22, "IQ2_S", 256, 82),
    row(23, "IQ4_XS", 256, 136),
    row(24, "I8", 1, 1),
    row(25, "I16", 1, 2),
    row(26, "I32", 1, 4),
    row(27, "I64", 1, 8),
    row(28, "F64", 1, 8),
    row(29, "IQ1_M", 256, 56),
    row(30, "BF16", 1, 2),
    row(34, "TQ1_0", 256, 54),
    row(35, "TQ2_0", 256, 66),
    row(39, "MXFP4", 32, 17),
    row(40, "NVFP4", 64, 36),
    row(41, "Q1_0", 128, 18),
    row(42, "Q2_0", 64, 18),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_stand_at_their_numbers() {
        assert_eq!(TYPES.len(), 35);
        for kind in TYPES {
            assert_eq!(ggml_type(kind.id), Some(kind));
            assert!(kind.block_elements.is_power_of_two(), "{}", kind.name);
        }
        assert_eq!((ggml_type(4), ggml_type(TYPE_COUNT)), (None, None));
    }
}
