//! Spellings that mean one thing.

pub(super) mod architecture;
pub(super) mod quantization;
pub(super) mod repository;
pub(super) mod text;
