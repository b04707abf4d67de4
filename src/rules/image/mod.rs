//! Rules over image, video and audio models that hold for every engine that runs them.

pub mod complete;
pub mod conflict;
pub mod foreign;

use super::Rule;

/// What every engine for pictures asks.
pub static ALL: &[&Rule] = &[&foreign::RULE, &complete::RULE, &conflict::RULE];
