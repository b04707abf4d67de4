//! The architecture must be in vLLM's registry as a generator of text.

use crate::derive::folder::role;
use crate::derive::table::Table;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// vLLM has no model of this architecture. It falls back to transformers' own classes where they allow it, which
    /// the files do not tell.
    UNKNOWN = ("VLLM101", "vllm-unknown-architecture", Error, "use an engine that has this architecture, or a newer vLLM");
    /// vLLM had this architecture and dropped it.
    DROPPED = ("VLLM102", "vllm-dropped-architecture", Error, "use the version of vLLM that the message names, or another engine");
    /// The architecture comes with a plugin of its own.
    PLUGIN = ("VLLM103", "vllm-needs-plugin", Error, "install the plugin that the message names, and override this code");
    /// vLLM runs this architecture for another task: it embeds, classifies or drafts.
    OTHER_TASK = ("VLLM104", "vllm-other-task", Error, "give the model to a worker for its own task");
    /// The config states no architecture, and the model type does not lead to one.
    NONE = ("VLLM105", "vllm-no-architecture", Error, "add the architectures list of the model's source to config.json, or give vLLM hf_overrides");
}

/// Architecture, its tables, and the last version or the plugin that has it.
pub static ARCHITECTURES: Table = Table(include_str!("data/architectures.tsv"));

/// The architecture must be one that vLLM generates with.
pub static RULE: Rule = Rule { name: "vllm-architecture", causes: CAUSES, check };

/// Tables of models that generate text.
static GENERATES: [&str; 3] = ["multimodal", "text_generation", "transformers_supported"];

/// Whether vLLM generates text with `architecture`.
pub fn generates(architecture: &str) -> bool {
    let tables = ARCHITECTURES.fields(architecture).next();
    tables.is_some_and(|tables| tables.split(' ').any(|table| GENERATES.contains(&table)))
}

/// Whether vLLM generates text with the class that transformers builds for a model type.
pub fn generates_type(model_type: &str) -> bool {
    ["causal", "image-text"].into_iter().filter_map(|kind| role::generator(model_type, kind)).any(generates)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(derived) = case.derived.folder.as_ref() else { return };
    let origin = Origin::file("config.json").key("/architectures");
    let stated = derived.effective.architectures.as_deref().and_then(<[_]>::first).map(String::as_str);
    let model_type = derived.effective.model_type.as_deref().unwrap_or_default();
    let built = || ["causal", "image-text"].into_iter().find_map(|kind| role::generator(model_type, kind));
    let Some(name) = stated.or_else(built) else {
        let message = format!("config.json states no architectures, and the model type {model_type} leads to none");
        findings.push(Diagnostic::new(&NONE, message).expected("architectures").at(origin));
        return;
    };
    if !generates(name) {
        findings.push(refusal(name).found(name).at(origin));
    }
}

fn refusal(name: &str) -> Diagnostic {
    let mut fields = ARCHITECTURES.fields(name);
    let (tables, hint) = (fields.next(), fields.next().unwrap_or_default());
    match tables {
        None => {
            let known = if role::tasks(name).contains(&"causal_lm") { "; transformers has it" } else { "" };
            Diagnostic::new(&UNKNOWN, format!("vLLM 0.33 has no model of the architecture {name}{known}"))
        }
        Some("previously_supported") => {
            Diagnostic::new(&DROPPED, format!("vLLM 0.33 no longer has {name}; the last version that had it is {hint}"))
        }
        Some("oot_supported") => Diagnostic::new(&PLUGIN, format!("vLLM 0.33 runs {name} with the plugin {hint} only")),
        Some(tables) => {
            let message = format!("vLLM 0.33 runs {name} for {}, not for generating text", tables.replace(' ', ", "));
            Diagnostic::new(&OTHER_TASK, message).expected("text_generation")
        }
    }
}
