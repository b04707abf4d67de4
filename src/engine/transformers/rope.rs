//! Rotary parameters: the keys that each type needs.

use crate::derive::folder::class::Class;
use crate::derive::folder::rope::nested;
use crate::derive::folder::view::View;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::format::json::Json;
use crate::rules::{Case, Rule};

cause! {
    /// The rotary parameters lack a key that their type needs: transformers stops with a KeyError when it reads the
    /// config.
    ROPE_KEY = ("TRFM108", "rope-key-missing", Error, "take rope_scaling (rope_parameters) from the model's source as a whole");
    /// The rotary type is none that transformers knows, or a number of it is no number. The config is read with a
    /// warning, the model fails to load.
    ROPE_TYPE = ("TRFM109", "rope-type", Error, "take rope_scaling (rope_parameters) from the model's source as a whole");
    /// The rotary parameters name no type, so transformers takes them for `default` and ignores the rest, the factor
    /// among it.
    ROPE_UNNAMED = ("TRFM110", "rope-type-missing", Warning, "name the rope_type that the parameters are meant for");
}

/// Rotary parameters must be complete for their type.
pub static RULE: Rule = Rule { name: "rope", causes: CAUSES, check };

/// The types and the keys that they need; what transformers fills in itself is left out.
static TYPES: [(&str, &[&str]); 10] = [
    ("axial", &[]),
    ("default", &[]),
    ("dynamic", &["factor"]),
    ("linear", &["factor"]),
    ("llama3", &["factor", "high_freq_factor", "low_freq_factor"]),
    ("longrope", &["long_factor", "short_factor"]),
    ("mrope", &[]),
    ("proportional", &[]),
    ("su", &["long_factor", "short_factor"]),
    ("yarn", &["factor"]),
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.facts.folder.as_ref().and_then(|folder| folder.document("config.json")) else { return };
    let root = View::root(config);
    if root.class == Class::UNKNOWN {
        return;
    }
    let text = root.text_config();
    let spelled = ["rope_scaling", "rope_parameters"]
        .into_iter()
        .find_map(|key| text.written(key).filter(|value| !value.members().is_empty()).map(|value| (key, value)));
    let Some((key, parameters)) = spelled else { return };
    let inner = nested(&text, parameters);
    let list = if inner.is_empty() { vec![parameters] } else { inner };
    for parameters in list {
        one(&text, key, parameters, findings);
    }
}

fn one(text: &View<'_>, key: &str, parameters: &Json, findings: &mut Findings) {
    let origin = || Origin::file("config.json").key(text.at(key));
    let named = ["rope_type", "type"].into_iter().find_map(|key| parameters.get(key));
    let Some(named) = named else {
        if parameters.get("factor").is_some() {
            let message = format!("{key} names no rope_type, so its factor is ignored");
            findings.push(Diagnostic::new(&ROPE_UNNAMED, message).at(origin()));
        }
        return;
    };
    let name = named.as_str().unwrap_or(named.kind());
    // phi3's own longrope used to be called su, and yarn by mistake.
    let name = if text.class.0.starts_with("Phi") && name == "yarn" { "su" } else { name };
    let Some((_, needed)) = TYPES.iter().find(|(known, _)| *known == name) else {
        let known = TYPES.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
        let message = format!("{key} names the rope type {name}, known are {known}");
        findings.push(Diagnostic::new(&ROPE_TYPE, message).expected(known).found(name).at(origin()));
        return;
    };
    if let Some(missing) = needed.iter().find(|needed| parameters.get(needed).is_none()) {
        let message = format!("{key} of type {name} lacks {missing}");
        findings.push(Diagnostic::new(&ROPE_KEY, message).expected(*missing).at(origin()));
    }
    if let Some(factor) =
        parameters.get("factor").filter(|factor| needed.contains(&"factor") && factor.as_f64().is_none())
    {
        let message = format!("{key} has a factor that is a {}, expected a number", factor.kind());
        findings.push(Diagnostic::new(&ROPE_TYPE, message).expected("number").found(factor.kind()).at(origin()));
    }
}
