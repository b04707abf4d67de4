//! Rules over a language model's weights: what the config promises must be there.

mod compare;
mod endings;
mod expression;
mod extras;
mod name;
mod outcome;
mod place;
mod promise;
mod quantized;
mod scope;
mod spare;
mod table;
pub mod tensors;
mod vision;

pub use tensors::TENSORS;
