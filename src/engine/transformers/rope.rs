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
static TYPES: [(&str, &[&str]); 8] = [
    ("axial", &[]),
    ("default", &[]),
    ("dynamic", &["factor"]),
    ("linear", &["factor"]),
    ("llama3", &["factor", "high_freq_factor", "low_freq_factor"]),
    ("longrope", &["long_factor", "short_factor"]),
    ("proportional", &[]),
    ("yarn", &["factor"]),
];

/// What these types need besides where the class does not fill it in: it knows no rotary parameters of its own.
static UNFILLED: [(&str, &[&str]); 4] = [
    ("llama3", &["original_max_position_embeddings", "rope_theta"]),
    ("longrope", &["original_max_position_embeddings"]),
    ("proportional", &["rope_theta"]),
    ("yarn", &["original_max_position_embeddings"]),
];

/// The classes whose own rotary embeddings were called `su` once, and `yarn` by mistake, and know no other.
static LONGROPE: [&str; 2] = ["Phi3Config", "Phi4MultimodalConfig"];

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
    let name = renamed(text.class.name, named.as_str().unwrap_or(named.kind()));
    let known = TYPES
        .iter()
        .filter(|(known, _)| !LONGROPE.contains(&text.class.name) || matches!(*known, "default" | "longrope"));
    let Some((_, needed)) = known.clone().find(|(known, _)| *known == name) else {
        let known = known.map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
        let message = format!("{key} names the rope type {name}, known are {known}");
        findings.push(Diagnostic::new(&ROPE_TYPE, message).expected(known).found(name).at(origin()));
        return;
    };
    let unfilled = UNFILLED.iter().filter(|(kind, _)| *kind == name && !is_filled(text, key));
    let mut all = needed.iter().chain(unfilled.flat_map(|(_, keys)| keys.iter()));
    if let Some(missing) = all.find(|needed| parameters.get(needed).is_none()) {
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

/// What a class takes a type for.
fn renamed<'n>(class: &str, name: &'n str) -> &'n str {
    match name {
        "su" | "yarn" if LONGROPE.contains(&class) => "longrope",
        // Qwen's image-text models wrote their sections under a type of its own.
        "mrope" if matches!(class, "Qwen2VLTextConfig" | "Qwen2_5_VLTextConfig") => "default",
        name => name,
    }
}

/// Whether the class fills the parameters up from the config's other keys.
fn is_filled(text: &View<'_>, key: &str) -> bool {
    let theta = || text.written("rope_theta").and_then(Json::as_f64).is_some_and(|theta| theta != 0.0);
    text.class.has("rope_parameters") || (key == "rope_scaling" && theta())
}
