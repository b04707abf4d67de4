//! Claims that are not of their field's type.

use super::claim::{origin, speaks};
use crate::catalog::{Malformed, ModelEntry};
use crate::diagnostic::{Diagnostic, Findings, camel_case, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// A field of the entry's config is of another type than the contract's: a context length in words, a token that
    /// is a number. No worker can read the config.
    MALFORMED = ("CAT121", "malformed-claim", Error, "write the field in the type that the catalog's schema gives it");
}

/// Every claim must be of its field's type.
pub static CLAIM: Rule = Rule { name: "malformed-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(entry) = case.entry else { return };
    let derived = case.derived.model_type().filter(|kind| speaks(case, *kind));
    let meant = ModelEntry { model_type: derived.unwrap_or(entry.model_type), ..entry.clone() };
    let malformed = meant.malformed_claims();
    findings.diagnostics.extend(malformed.into_iter().map(|malformed| finding(case, entry, &malformed)));
}

fn finding(case: &Case<'_>, entry: &ModelEntry, malformed: &Malformed) -> Diagnostic {
    let Malformed { field, detail } = malformed;
    let pointer = if field.is_empty() { "/config".to_owned() } else { format!("/config/{field}") };
    let fact = fact(case, field);
    let message = format!("catalog's {pointer} cannot be read: {detail}");
    let claimed = entry.config.pointer(pointer.trim_start_matches("/config")).cloned();
    Diagnostic::new(&MALFORMED, message)
        .expected(claimed.unwrap_or_default())
        .found(fact.clone())
        .at(origin(case, field))
        .fix(pointer, fact)
}

/// What the files say of the field, in either spelling; of the whole config where no field is named.
fn fact(case: &Case<'_>, field: &str) -> Value {
    let config = case.derived.config.as_ref().map(|config| config.to_json()).unwrap_or_default();
    if field.is_empty() {
        return config;
    }
    let Value::Object(members) = config else { return Value::Null };
    let named = members.into_iter().find(|(name, _)| name == field || camel_case(name) == field);
    named.map(|(_, value)| value).unwrap_or_default()
}
