//! Rules that hold the catalog's claims against the files, one file a field or a group of fields.
//!
//! A claim that is critical for inference is an error, one that misleads a warning, a cosmetic one a note. A claim
//! that the files say nothing of is left alone.

pub mod architecture;
pub mod base_model;
mod claim;
pub mod context_length;
mod correct;
mod descent;
pub mod files;
pub mod license;
pub mod malformed;
pub mod missing;
pub mod model_type;
pub mod pictures;
pub mod quantization;
pub mod sampling;
pub mod size;
mod spelling;
pub mod template;
pub mod tokens;

pub use correct::correct;

use super::{COMMON, Rule};
use crate::diagnostic::Findings;

/// The rules over claims, among those that hold for every engine.
fn rules() -> impl Iterator<Item = &'static Rule> {
    let claims = |rule: &&Rule| rule.causes.iter().any(|cause| cause.code.0.starts_with("CAT"));
    COMMON.iter().copied().filter(claims)
}

/// Asks these rules alone.
fn ask(case: &super::Case<'_>) -> Findings {
    let mut findings = Findings::default();
    rules().for_each(|rule| (rule.check)(case, &mut findings));
    findings
}

#[cfg(test)]
mod tests;
