//! Families whose numbers overflow in half precision.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// vLLM refuses to run this family in float16: its activations overflow there.
    FLOAT16 = ("VLLM107", "vllm-float16", Error, "set dtype to bfloat16 in config.json, or start vLLM with --dtype bfloat16 and override this code");
}

/// Some families must not run in float16.
pub static RULE: Rule = Rule { name: "vllm-dtype", causes: CAUSES, check };

/// Model types that vLLM 0.33 refuses in float16.
static FAMILIES: [&str; 4] = ["gemma2", "gemma3", "gemma3_text", "glm4"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(derived) = case.derived.folder.as_ref() else { return };
    let effective = &derived.effective;
    let family = effective.model_type.as_deref().unwrap_or_default();
    if FAMILIES.contains(&family) && matches!(effective.dtype.as_deref(), Some("float16" | "half")) {
        let message = format!("vLLM 0.33 does not run {family} in float16, and config.json asks for it");
        let origin = Origin::file("config.json").key("/dtype");
        findings.push(Diagnostic::new(&FLOAT16, message).expected("bfloat16").found("float16").at(origin));
    }
}
