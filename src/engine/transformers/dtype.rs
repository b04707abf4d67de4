//! The element type must be one that torch has.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::format::json::Json;
use crate::rules::{Case, Rule};

cause! {
    /// `dtype` (or the older `torch_dtype`) is no name of a torch type: an unknown name is an AttributeError when the
    /// config is read with torch installed, a number fails when the model is loaded.
    DTYPE = ("TRFM117", "unknown-dtype", Error, "write bfloat16, float16 or float32, as the model's source does");
}

/// The element type must be torch's.
pub static RULE: Rule = Rule { name: "dtype", causes: CAUSES, check };

/// torch's names for types that weights are stored in, and `auto`.
static NAMES: [&str; 22] = [
    "auto",
    "bfloat16",
    "bool",
    "complex64",
    "double",
    "float",
    "float16",
    "float32",
    "float4_e2m1fn_x2",
    "float64",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "float8_e8m0fnu",
    "half",
    "int16",
    "int32",
    "int64",
    "int8",
    "uint16",
    "uint8",
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.facts.folder.as_ref().and_then(|folder| folder.document("config.json")) else { return };
    let written = ["dtype", "torch_dtype"].into_iter();
    let mut written = written.filter_map(|key| config.member(key)).filter(|member| !member.value.is_null());
    let Some(member) = written.next() else { return };
    let found = match &member.value {
        Json::String(name) if NAMES.contains(&name.as_str()) => return,
        // Per-part types of composite models.
        Json::Object(_) => return,
        Json::String(name) => name.clone(),
        other => other.kind().to_owned(),
    };
    let message = format!("{} is {found}, which is no torch type", member.key);
    let origin = Origin::file("config.json").key(format!("/{}", member.key)).offset(member.offset);
    findings.push(Diagnostic::new(&DTYPE, message).expected("bfloat16, float16, float32").found(found).at(origin));
}
