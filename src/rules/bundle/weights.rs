//! The folder must hold weights that the engine opens, and one set of them.

use super::{folder, some};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::facts::folder::{FolderFacts, INDEX, WeightFile, WeightRole};
use crate::rules::{Case, Rule};

cause! {
    /// The folder has a config and no weights at all.
    NO_WEIGHTS = ("BNDL117", "weights-missing", Error, "fetch the weights from the model's source: the folder holds documents only");
    /// The folder's weights are in GGUF, which an engine for folders does not open.
    GGUF_ONLY = ("BNDL118", "gguf-in-folder", Error, "give the GGUF file itself to an engine that takes GGUF, or fetch the safetensors edition");
    /// The folder's weights are pickles: loading one runs code that a stranger wrote. Its contents are never executed
    /// here.
    PICKLE = ("BNDL119", "pickle-weights", Error, "use the model's safetensors edition, or convert it in a sandbox");
    /// `model.safetensors` stands beside an index of shards. transformers opens the single file and never the shards;
    /// vLLM opens the shards. They cannot both be the model that was meant.
    TWO_SETS = ("BNDL120", "two-sets-of-weights", Error, "remove the set that is not meant: transformers takes model.safetensors, vLLM the shards");
    /// Files of weights have names that no loader looks for: no index names them, and none is `model.safetensors`.
    LOOSE = ("BNDL121", "weights-misnamed", Error, "fetch model.safetensors.index.json, or rename a single file to model.safetensors");
    /// Files of weights that nothing names lie in the folder. They are left alone.
    STRAY = ("BNDL122", "stray-weights", Note, "remove the file if it is not part of the model");
}

/// The folder must hold one set of weights.
pub static WEIGHTS: Rule = Rule { name: "weights", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(folder) = folder(case) else { return };
    // Without a config nothing is promised of the weights.
    if !case.facts.files.iter().any(|file| file.name == "config.json") {
        return;
    }
    let of = |role: WeightRole| folder.weights.iter().filter(move |weight| weight.role == role).collect::<Vec<_>>();
    let single = !of(WeightRole::Single).is_empty();
    let indexed = folder.index.is_some() || case.facts.faults.iter().any(|fault| at(fault) == INDEX);
    match (single, indexed) {
        (true, true) => two_sets(folder, findings),
        (false, false) => without(case, folder, &of, findings),
        _ => {}
    }
    let stray = of(WeightRole::Loose);
    if let Some(first) = stray.first().filter(|_| single || indexed) {
        let names = some(stray.iter().map(|weight| weight.name.as_str()), stray.len() as u64);
        let message = format!("nothing names {names}");
        findings.push(Diagnostic::new(&STRAY, message).at(Origin::file(&first.name)));
    }
}

fn at(fault: &Diagnostic) -> &str {
    fault.origin.file.as_deref().unwrap_or_default()
}

/// An index that names the single file alone describes one set.
fn two_sets(folder: &FolderFacts, findings: &mut Findings) {
    let Some(index) = folder.index.as_ref() else { return };
    let others: Vec<_> = index.shards.iter().filter(|shard| shard.name != "model.safetensors").collect();
    if let Some(first) = others.first() {
        let message = format!(
            "model.safetensors stands beside {INDEX}, which names {} other files ({})",
            others.len(),
            first.name
        );
        findings.push(Diagnostic::new(&TWO_SETS, message).found(others.len()).at(Origin::file("model.safetensors")));
    }
}

/// Neither `model.safetensors` nor an index: what is there instead.
fn without<'f>(
    case: &Case<'_>,
    folder: &'f FolderFacts,
    of: &dyn Fn(WeightRole) -> Vec<&'f WeightFile>,
    findings: &mut Findings,
) {
    let (pickles, ggufs) = (of(WeightRole::Pickle), of(WeightRole::Gguf));
    let loose: Vec<_> = of(WeightRole::Loose).into_iter().chain(of(WeightRole::Consolidated)).collect();
    let (cause, list, words) = match (loose.first(), pickles.first(), ggufs.first()) {
        (Some(_), ..) => (&LOOSE, loose, "no index names"),
        (None, Some(_), _) => (&PICKLE, pickles, "the weights are pickles:"),
        (None, None, Some(_)) => (&GGUF_ONLY, ggufs, "the only weights are in GGUF:"),
        (None, None, None) => {
            // Links to weights that are not there have their own finding.
            if !case.facts.odd.iter().any(|(name, _)| name.ends_with(".safetensors") || name.ends_with(".bin")) {
                let message = format!("{} holds no weights", case.facts.path);
                let wanted = "model.safetensors";
                findings.push(Diagnostic::new(&NO_WEIGHTS, message).expected(wanted).at(Origin::file(wanted)));
            }
            return;
        }
    };
    let names = some(list.iter().map(|weight| weight.name.as_str()), list.len() as u64);
    let origin = Origin::file(list.first().map_or("", |weight| weight.name.as_str()));
    let _ = folder;
    findings.push(Diagnostic::new(cause, format!("{words} {names}")).expected("model.safetensors").at(origin));
}
