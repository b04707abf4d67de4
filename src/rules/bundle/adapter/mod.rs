//! A PEFT adapter must fit the base that it is to go on.

mod part;
mod promise;

use super::{folder, some};
use crate::diagnostic::{Cause, Diagnostic, Findings, Origin, cause};
use crate::facts::folder::FolderFacts;
use crate::facts::safetensors::TensorFacts;
use crate::format::json::Json;
use crate::rules::asked::LanguageBase;
use crate::rules::{Case, Rule};
use part::{Part, part};
use promise::Found;

cause! {
    /// The folder has an adapter's config and no `adapter_model.safetensors`.
    WEIGHTS = ("BNDL127", "adapter-weights-missing", Error, "fetch adapter_model.safetensors from the adapter's source");
    /// The adapter changes parts that the base does not have. peft leaves them out with a warning, so the base answers as
    /// if there were no adapter, or half of one; vLLM stops.
    TARGET = ("BNDL128", "adapter-target-absent", Error, "use the base model that adapter_config.json names");
    /// The adapter's matrices do not fit the base's, or not each other: loading stops.
    SHAPE = ("BNDL129", "adapter-shape", Error, "use the base model that adapter_config.json names");
    /// The adapter's config promises tensors that its file does not have: peft goes on with random ones, or stops.
    LOST = ("BNDL132", "adapter-tensor-missing", Error, "fetch adapter_model.safetensors and adapter_config.json again from one source");
    /// The adapter is of a kind whose layout is not tabulated.
    KIND = ("BNDL130", "adapter-kind-unknown", Note, "load the adapter once with its base in its own engine");
}

/// An adapter must fit its base.
pub static ADAPTER: Rule = Rule { name: "adapter", causes: CAUSES, check };

/// The adapter's weights.
const FILE: &str = "adapter_model.safetensors";
/// Its config.
const CONFIG: &str = "adapter_config.json";

/// The adapter's config, where the folder holds an adapter and no model, and its base is named.
pub(crate) fn asked<'a>(case: &Case<'a>) -> Option<(&'a Json, &'a LanguageBase)> {
    let base = case.asked.base?.language.as_deref()?;
    alone(case.facts.folder.as_ref()?).map(|config| (config, base))
}

/// The config of an adapter without a model.
pub(crate) fn alone(folder: &FolderFacts) -> Option<&Json> {
    folder.document(CONFIG).filter(|_| folder.document("config.json").is_none())
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(_), Some((config, base))) = (folder(case), asked(case)) else { return };
    let kind = config.get("peft_type").and_then(Json::as_str).unwrap_or("LORA");
    if kind != "LORA" {
        let message = format!("the weights of an adapter of kind {kind} are not tabulated");
        let origin = Origin::file(CONFIG).key("/peft_type");
        findings.cannot_tell(&KIND, message, origin);
        return;
    }
    let header = case.facts.safetensors.iter().find(|header| header.file == FILE);
    let Some(header) = header else {
        // A header that could not be read has its own finding.
        if !case.facts.files.iter().any(|file| file.name == FILE) {
            let message = format!("{CONFIG} is there, {FILE} is not");
            findings.push(Diagnostic::new(&WEIGHTS, message).expected(FILE).at(Origin::file(FILE)));
        }
        return;
    };
    let found = Found::default();
    let mut fit = Fit { config, base, seen: 0, found, absent: Vec::new(), shapes: Vec::new() };
    header.tensors.iter().for_each(|tensor| fit.tensor(&tensor));
    fit.report(findings);
}

struct Fit<'c> {
    config: &'c Json,
    base: &'c LanguageBase,
    seen: u64,
    /// What was found of the base's modules.
    found: Found,
    absent: Vec<String>,
    /// Name, what the base makes of it, what it is.
    shapes: Vec<(String, String, String)>,
}

impl Fit<'_> {
    fn tensor(&mut self, tensor: &TensorFacts<'_>) {
        self.seen = self.seen.saturating_add(1);
        let (module, part) = part(tensor.name);
        let Some((module, weight)) = self.base.module(module) else {
            self.absent.push(tensor.name.to_owned());
            return;
        };
        let expected = weight.and_then(|weight| self.expected(&module, weight, part, tensor));
        self.found.note(module, part);
        let Some(expected) = expected else { return };
        let fits = expected.len() == tensor.shape.len()
            && expected.iter().zip(tensor.shape).all(|(expected, found)| expected.is_none_or(|size| size == *found));
        if !fits {
            self.shapes.push((tensor.name.to_owned(), words(expected), words(tensor.shape.iter().copied().map(Some))));
        }
    }

    /// The shape that a part has beside the base's weight; unknown sizes are `None`.
    fn expected(&self, module: &str, weight: &[u64], part: Part, tensor: &TensorFacts<'_>) -> Option<Vec<Option<u64>>> {
        let [rows, columns] = *weight else {
            let whole = part == Part::Whole && tensor.name.ends_with(".weight");
            return whole.then(|| weight.iter().copied().map(Some).collect());
        };
        // Conv1D keeps its weight the other way round.
        let turned = self.config.get("fan_in_fan_out").and_then(Json::as_bool) == Some(true);
        let (outputs, inputs) = if turned { (columns, rows) } else { (rows, columns) };
        let whole = tensor.name.ends_with(".weight");
        let rank = self.rank(module);
        match part {
            Part::Down => Some(vec![rank, Some(inputs)]),
            Part::Up if whole => Some(vec![Some(outputs), rank]),
            Part::TokensDown => Some(vec![rank, Some(rows)]),
            Part::TokensUp => Some(vec![Some(columns), rank]),
            Part::Magnitude => Some(vec![Some(outputs)]),
            Part::Rows => Some(vec![None, Some(columns)]),
            Part::Whole if whole => Some(vec![Some(rows), Some(columns)]),
            Part::Up | Part::Whole => None,
        }
    }

    /// The rank of a module's matrices: its own pattern's, else the one for all.
    fn rank(&self, module: &str) -> Option<u64> {
        let patterns = self.config.get("rank_pattern").map(Json::members).unwrap_or_default();
        // What is more than a name is a regular expression, and may be any module's.
        if patterns.iter().any(|pattern| !promise::is_name(&pattern.key)) {
            return None;
        }
        let own = patterns.iter().find(|pattern| promise::ends_in(module, &pattern.key)).map(|pattern| &pattern.value);
        let rank = own.or_else(|| self.config.get("r")).and_then(Json::as_i64)?;
        u64::try_from(rank).ok()
    }

    fn report(&self, findings: &mut Findings) {
        if let Some((name, expected, found)) = self.shapes.first() {
            let more = self.shapes.len().saturating_sub(1);
            let more = if more > 0 { format!("; {more} more differ") } else { String::new() };
            let message = format!("{name} is {found}, the base makes it {expected}{more}");
            self.push(findings, &SHAPE, message, name);
        }
        let lost = promise::lost(self.config, self.base, &self.found);
        if let Some(name) = lost.first() {
            let names = some(lost.iter().map(String::as_str), lost.len() as u64);
            let message = format!("{CONFIG} promises tensors that {FILE} does not have: {names}");
            self.push(findings, &LOST, message, name);
        }
        if let Some(name) = self.absent.first() {
            let absent = self.absent.len() as u64;
            let names = some(self.absent.iter().map(String::as_str), absent);
            let message = format!("{absent} of {} tensors change what the base does not have: {names}", self.seen);
            self.push(findings, &TARGET, message, name);
        }
    }

    fn push(&self, findings: &mut Findings, cause: &'static Cause, message: String, name: &str) {
        let named = self.config.get("base_model_name_or_path").and_then(Json::as_str);
        findings.push(Diagnostic::new(cause, message).expected(named).at(Origin::file(FILE).key(name)));
    }
}

fn words(shape: impl IntoIterator<Item = Option<u64>>) -> String {
    let sizes: Vec<_> =
        shape.into_iter().map(|size| size.map_or_else(|| "?".to_owned(), |size| size.to_string())).collect();
    format!("[{}]", sizes.join(", "))
}
