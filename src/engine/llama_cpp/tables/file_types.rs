//! What the engine calls a file by the mix of its tensors' types.

/// The engine's name for `general.file_type` number `id`.
pub(in crate::engine::llama_cpp) fn file_type_name(id: u32) -> &'static str {
    let at = NAMES.binary_search_by_key(&id, |(number, _)| *number).ok();
    at.and_then(|at| NAMES.get(at)).map_or("unknown, may not work", |(_, name)| name)
}

/// The number that the engine guesses where most tensors are of the type numbered `type_id`.
pub(in crate::engine::llama_cpp) fn guessed_file_type(type_id: u32) -> u32 {
    let at = GUESSES.binary_search_by_key(&type_id, |(number, _)| *number).ok();
    at.and_then(|at| GUESSES.get(at)).map_or(0, |(_, file_type)| *file_type)
}

/// Added to a number that was guessed.
pub(in crate::engine::llama_cpp) const GUESSED: u32 = 1024;

static NAMES: &[(u32, &str)] = &[
    (0, "all F32"),
    (1, "F16"),
    (2, "Q4_0"),
    (3, "Q4_1"),
    (7, "Q8_0"),
    (8, "Q5_0"),
    (9, "Q5_1"),
    (10, "Q2_K - Medium"),
    (11, "Q3_K - Small"),
    (12, "Q3_K - Medium"),
    (13, "Q3_K - Large"),
    (14, "Q4_K - Small"),
    (15, "Q4_K - Medium"),
    (16, "Q5_K - Small"),
    (17, "Q5_K - Medium"),
    (18, "Q6_K"),
    (19, "IQ2_XXS - 2.0625 bpw"),
    (20, "IQ2_XS - 2.3125 bpw"),
    (21, "Q2_K - Small"),
    (22, "IQ3_XS - 3.3 bpw"),
    (23, "IQ3_XXS - 3.0625 bpw"),
    (24, "IQ1_S - 1.5625 bpw"),
    (25, "IQ4_NL - 4.5 bpw"),
    (26, "IQ3_S - 3.4375 bpw"),
    (27, "IQ3_S mix - 3.66 bpw"),
    (28, "IQ2_S - 2.5 bpw"),
    (29, "IQ2_M - 2.7 bpw"),
    (30, "IQ4_XS - 4.25 bpw"),
    (31, "IQ1_M - 1.75 bpw"),
    (32, "BF16"),
    (36, "TQ1_0 - 1.69 bpw ternary"),
    (37, "TQ2_0 - 2.06 bpw ternary"),
    (38, "MXFP4 MoE"),
    (39, "NVFP4"),
    (40, "Q1_0"),
    (41, "Q2_0"),
];

/// Type number, file type number.
static GUESSES: &[(u32, u32)] = &[
    (0, 0),
    (1, 1),
    (2, 2),
    (3, 3),
    (6, 8),
    (7, 9),
    (8, 7),
    (10, 10),
    (11, 12),
    (12, 15),
    (13, 17),
    (14, 18),
    (16, 19),
    (17, 20),
    (18, 23),
    (19, 24),
    (20, 25),
    (21, 26),
    (22, 28),
    (23, 30),
    (29, 31),
    (30, 32),
    (34, 36),
    (35, 37),
    (40, 39),
    (41, 40),
    (42, 41),
];
