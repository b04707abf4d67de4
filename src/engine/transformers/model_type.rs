//! The model type: what everything else of a config hangs on.

use crate::derive::folder::class::Class;
use crate::derive::folder::view;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::format::json::Json;
use crate::rules::{Case, Rule};

cause! {
    /// `config.json` names no `model_type`, or is no object at all. transformers 5 refuses such a folder; version 4
    /// still guessed from the folder's name.
    NO_MODEL_TYPE = ("TRFM101", "no-model-type", Error, "add the model_type of the architecture to config.json, or fetch config.json again from the model's source");
    /// The `model_type` is none that this version of transformers knows, exact and case-sensitive, and the folder
    /// brings no code of its own.
    UNKNOWN_MODEL_TYPE = ("TRFM102", "unknown-model-type", Error, "use an engine or a newer transformers that knows this model type, or correct model_type");
    /// The `model_type` is unknown to transformers, and `auto_map` names Python code in the repository that would have
    /// to be executed to load the model. That is a decision about trust: it is never implied.
    REMOTE_CODE = ("TRFM103", "needs-remote-code", Error, "read the repository's code and, if you trust it, run it in an engine that may execute it (trust_remote_code); otherwise use an edition of the model that needs none");
}

/// The model type must be known.
pub static RULE: Rule = Rule { name: "model-type", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(config) = case.facts.folder.as_ref().and_then(|folder| folder.document("config.json")) else { return };
    let origin = Origin::file("config.json");
    if !matches!(config, Json::Object(_)) {
        let message = format!("config.json is a {}, expected an object with a model_type", config.kind());
        findings.push(Diagnostic::new(&NO_MODEL_TYPE, message).expected("object").found(config.kind()).at(origin));
        return;
    }
    let offset = config.member("model_type").map(|member| member.offset);
    let mut origin = origin.key("/model_type");
    origin.offset = offset;
    let model_type = view::root_model_type(config);
    if model_type.is_some_and(|name| Class::of(name).is_some()) {
        return;
    }
    if let Some(code) = remote_code(config) {
        let name = model_type.unwrap_or("none");
        let message = format!(
            "model_type {name} is unknown to transformers 5.23, and loading it executes {code} of the repository"
        );
        findings.push(Diagnostic::new(&REMOTE_CODE, message).found(code).at(origin.key("/auto_map")));
        return;
    }
    match (model_type, config.get("model_type")) {
        (Some(name), _) => {
            let message =
                format!("model_type {name} is none of the types that transformers 5.23 knows{}", nearest(name));
            findings.push(Diagnostic::new(&UNKNOWN_MODEL_TYPE, message).found(name).at(origin));
        }
        (None, Some(odd)) => {
            let message = format!("model_type is a {}, expected a string", odd.kind());
            findings.push(Diagnostic::new(&NO_MODEL_TYPE, message).expected("string").found(odd.kind()).at(origin));
        }
        (None, None) if is_timm(config) => {}
        (None, None) => {
            let message = "config.json has no model_type";
            findings.push(Diagnostic::new(&NO_MODEL_TYPE, message).at(Origin::file("config.json")));
        }
    }
}

/// The class in the repository's own code that would be executed.
pub fn remote_code(config: &Json) -> Option<&str> {
    let code = config.get("auto_map")?.get("AutoConfig")?;
    code.as_str().or_else(|| code.elements().first().and_then(Json::as_str)).or(Some("unnamed code"))
}

/// timm's models name no type, and are told by this key.
fn is_timm(config: &Json) -> bool {
    config.get("pretrained_cfg").is_some()
}

/// The known type that differs from `name` in case or separators only.
fn nearest(name: &str) -> String {
    let plain = |text: &str| text.to_lowercase().replace(['-', '.', ' '], "_");
    let wanted = plain(name);
    let known = crate::derive::folder::class::MODEL_TYPES.lines().filter_map(|line| line.split('\t').next());
    let near = known.filter(|known| plain(known) == wanted && *known != name).collect::<Vec<_>>();
    near.first().map(|known| format!("; it knows {known}")).unwrap_or_default()
}
