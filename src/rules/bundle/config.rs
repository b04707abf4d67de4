//! The folder must hold a `config.json`.

use super::{adapter, folder, some};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::facts::folder::{FolderFacts, WeightRole};
use crate::format::json::Json;
use crate::rules::{Case, Rule};

cause! {
    /// The folder has no `config.json`, so no engine knows what the weights are. Common reasons are a folder above or
    /// below the model's own, tokenizer files without a model, and a name that is nearly right.
    MISSING = ("BNDL101", "config-missing", Error, "name the folder that holds config.json, or fetch config.json from the model's source");
    /// The folder holds a PEFT adapter and no model: it is loaded on top of its base model, never alone.
    ADAPTER_ALONE = ("BNDL102", "adapter-alone", Error, "name the base model (--base), and give the adapter to the engine's own adapter option");
    /// The folder holds an `adapter_config.json` beside a whole model. With peft installed transformers then looks for
    /// the adapter's weights in this folder as well, and stops without them.
    STRAY_ADAPTER = ("BNDL103", "stray-adapter-config", Error, "move adapter_config.json out of the model's folder, or put adapter_model.safetensors beside it");
    /// The path is a repository of the hub's cache, and does not lead to one snapshot: a download did not end, or the cache
    /// holds several revisions.
    UNCLEAR = ("BNDL126", "hub-cache-unclear", Error, "name the folder of one revision (snapshots/<commit>), or fetch the model again");
    /// A file has the name of a document but for case, blanks or a copy's number. No engine reads it.
    NEAR = ("BNDL131", "near-miss-name", Warning, "rename the file to the name that the message gives");
}

/// The folder must hold a config.
pub static CONFIG: Rule = Rule { name: "config", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(folder) = folder(case) else { return };
    near_names(case, findings);
    let has = |name: &str| case.facts.files.iter().any(|file| file.name == name);
    let adapter = has("adapter_config.json");
    if has("config.json") {
        let weights = has("adapter_model.safetensors") || has("adapter_model.bin");
        if adapter && !weights {
            let message = "adapter_config.json stands beside a whole model, and no adapter weights do";
            let origin = Origin::file("adapter_config.json");
            findings.push(Diagnostic::new(&STRAY_ADAPTER, message).expected("adapter_model.safetensors").at(origin));
        }
        return;
    }
    if adapter && adapter::asked(case).is_some() {
        return;
    }
    if adapter {
        let config = folder.document("adapter_config.json");
        let base = config.and_then(|config| config.get("base_model_name_or_path")).and_then(Json::as_str);
        let message = format!(
            "the folder holds an adapter for {}, and no model of its own",
            base.unwrap_or("a base model that it does not name")
        );
        let origin = Origin::file("adapter_config.json").key("/base_model_name_or_path");
        findings.push(Diagnostic::new(&ADAPTER_ALONE, message).expected("config.json").found(base).at(origin));
        return;
    }
    if let Some(why) = &case.facts.unclear {
        let message = format!("{} is of the hub's cache: {why}", case.facts.path);
        findings.push(Diagnostic::new(&UNCLEAR, message).expected("snapshots/<commit>"));
        return;
    }
    findings.push(missing(case, folder));
}

/// Documents that engines do without in silence when they are misnamed.
static NAMES: [&str; 6] = [
    "chat_template.jinja",
    "generation_config.json",
    "model.safetensors.index.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
];

fn near_names(case: &Case<'_>, findings: &mut Findings) {
    let has = |name: &str| case.facts.files.iter().any(|file| file.name == name);
    for known in NAMES.into_iter().filter(|known| !has(known)) {
        let is_near = |name: &str| letters(name).eq(letters(known)) && !name.contains('/');
        let near = case.facts.files.iter().find(|file| is_near(&file.name));
        if let Some(near) = near {
            let message = format!("nothing reads '{}'; did you mean {known}", near.name);
            findings.push(Diagnostic::new(&NEAR, message).expected(known).at(Origin::file(&near.name)));
        }
    }
}

/// What is there instead of a config, as far as that is a model of another layout.
fn instead(folder: &FolderFacts) -> Option<(String, &'static str)> {
    let ggufs: Vec<_> = folder.weights.iter().filter(|weight| weight.role == WeightRole::Gguf).collect();
    if folder.document("params.json").is_some() {
        let words = ", but Mistral's own layout (params.json)".to_owned();
        return Some((words, "give the folder to vLLM, or fetch the edition with config.json"));
    }
    let names = some(ggufs.iter().map(|weight| weight.name.as_str()), ggufs.len() as u64);
    let help = "give one of the GGUF files to an engine that takes GGUF, or fetch the safetensors edition";
    (!ggufs.is_empty()).then(|| (format!(", but GGUF files: {names}"), help))
}

fn missing(case: &Case<'_>, folder: &FolderFacts) -> Diagnostic {
    if let Some((words, help)) = instead(folder) {
        let message = format!("{} holds no config.json{words}", case.facts.path);
        return Diagnostic::new(&MISSING, message).expected("config.json").help(help);
    }
    let near: Vec<&str> = case.facts.files.iter().map(|file| file.name.as_str()).filter(|name| is_near(name)).collect();
    let broken = case.facts.odd.iter().find(|(name, _)| name == "config.json");
    let hint = match (near.first(), broken) {
        (_, Some(_)) => "; config.json is there, and cannot be read as a file".to_owned(),
        (Some(name), _) => format!("; did you mean '{name}'"),
        (None, None) => String::new(),
    };
    let message = format!("{} holds no config.json{hint}", case.facts.path);
    let finding = Diagnostic::new(&MISSING, message).expected("config.json").found(near.first().copied());
    match near.first() {
        Some(name) if !name.contains('/') => finding.help(format!("rename '{name}' to config.json")),
        Some(name) => finding.help(format!("name the folder of '{name}'")),
        None => finding,
    }
}

/// Whether a name is `config.json` but for case, blanks, a copy's number or the folder before it.
fn is_near(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    matches!(
        letters(last).collect::<String>().as_str(),
        "config.json" | "config.json.json" | "config.json.txt" | "configs.json" | "config.jsn"
    )
}

/// A name without what people and browsers change of it.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace() && !"()_-0123456789".contains(*c))
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn near_names_are_told() {
        for name in ["config .json", "Config.json", "config (1).json", "sub/config.json", "config.json.txt"] {
            assert!(is_near(name), "{name}");
        }
        for name in ["generation_config.json", "tokenizer_config.json", "model.safetensors"] {
            assert!(!is_near(name), "{name}");
        }
    }
}
