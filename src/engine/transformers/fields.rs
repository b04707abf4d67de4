//! Declared fields must have their declared types, in nested configs too.

use super::strict;
use crate::derive::folder::class::{Class, SubKind};
use crate::derive::folder::view::View;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::format::json::Json;
use crate::rules::{Case, Rule};

cause! {
    /// A field of the config has another JSON type than its class declares. transformers 5 checks this strictly when it
    /// reads the config: `"128"`, `128.0` and `true` are no integers, `1` is no float, null fits only where the class
    /// says so. Version 4 took all of these and failed later or computed something else.
    FIELD_TYPE = ("TRFM104", "config-field-type", Error, "write the value in the type that the message names");
    /// A nested config names a model type that transformers does not know.
    UNKNOWN_SUB_TYPE = ("TRFM105", "unknown-nested-type", Error, "use an engine or a newer transformers that knows the nested model, or correct its model_type");
}

/// Declared fields must have their declared types.
pub static RULE: Rule = Rule { name: "config-fields", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(config) = case.facts.folder.as_ref().and_then(|folder| folder.document("config.json")) {
        let root = View::root(config);
        if root.class != Class::UNKNOWN {
            view(&root, findings);
        }
    }
}

fn view(view: &View<'_>, findings: &mut Findings) {
    let members = view.object.as_deref().map(Json::members).unwrap_or_default();
    for member in members.iter().filter(|member| member.key != "model_type") {
        let Some(types) = view.class.declared(&member.key) else { continue };
        if strict::fits(types, &member.value) {
            continue;
        }
        let (expected, found) = (strict::words(types), shown(&member.value));
        let message = format!("{} is {found}, {} takes {expected} there", member.key, view.class.name);
        let origin = Origin::file("config.json").key(format!("{}/{}", view.pointer, member.key)).offset(member.offset);
        findings.push(Diagnostic::new(&FIELD_TYPE, message).expected(expected).found(found).at(origin));
    }
    for sub in view.class.sub_configs() {
        nested(view, sub.key, sub.kind, findings);
    }
}

/// A nested config that is written out; the ones that classes make themselves are sound.
fn nested(outer: &View<'_>, key: &str, kind: SubKind, findings: &mut Findings) {
    let written = outer.object.as_deref().and_then(|object| object.get(key));
    let object = written.filter(|value| matches!(value, Json::Object(_)));
    let flat = key == "text_config" && outer.class.has("flat-text");
    if object.is_none() && !flat {
        return;
    }
    let Some(inner) = outer.sub(key) else { return };
    let stated = object.and_then(|object| object.get("model_type")).and_then(Json::as_str);
    match kind {
        SubKind::Auto(_) if inner.class == Class::UNKNOWN => {
            let name = stated.unwrap_or_default();
            let message = format!("{key} names the model_type {name}, which transformers 5.23 does not know");
            let origin = Origin::file("config.json").key(format!("{}/model_type", inner.pointer));
            findings.push(Diagnostic::new(&UNKNOWN_SUB_TYPE, message).found(name).at(origin));
        }
        _ => view(&inner, findings),
    }
}

/// A value as messages show it: its kind, and the value itself where it is short.
fn shown(value: &Json) -> String {
    match value {
        Json::Array(_) | Json::Object(_) | Json::Null => value.kind().to_owned(),
        Json::String(text) => format!("the string \"{}\"", text.chars().take(40).collect::<String>()),
        Json::Float(number) => format!("the float {number:?}"),
        other => format!("the {} {}", other.kind(), other.to_serde()),
    }
}
