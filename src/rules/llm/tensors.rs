//! Every tensor that the config promises must be there with its shape, and nothing that changes the model beside it.

use super::compare::{Habits, compare};
use super::outcome::{Finding, List, Outcome};
use super::scope::Config;
use super::table::{self, TYPES};
use super::vision;
use crate::derive::folder::FolderDerived;
use crate::derive::folder::view::View;
use crate::diagnostic::{Cause, Diagnostic, Findings, Origin, cause};
use crate::facts::folder::{FolderFacts, WeightRole};
use crate::facts::safetensors::SafetensorsFacts;
use crate::format::json::Json;
use crate::rules::bundle::{folder, some};
use crate::rules::{Case, Rule};
use crate::source::Resolved;
use std::collections::{BTreeMap, BTreeSet};

cause! {
    /// Tensors that the config promises are in no file. transformers fills them with random numbers, warns and answers;
    /// other engines stop.
    MISSING = ("LLM101", "tensor-missing", Error, "fetch the weights again from the model's source: the model is not whole");
    /// Whole layers that the config counts are in no file: weights were lost, or the config is another model's.
    LAYERS_MISSING = ("LLM102", "layers-missing", Error, "fetch the weights again, or correct the number of layers in config.json to the model's own");
    /// The weights hold layers that the config does not count. They would be left out, and the model answer with half
    /// of itself.
    LAYERS_BEYOND = ("LLM103", "layers-beyond-config", Error, "correct the number of layers (or experts) in config.json to the model's own");
    /// A tensor has another shape than the config makes it: the model fails to load.
    SHAPE = ("LLM104", "tensor-shape", Error, "fetch config.json and the weights from one source: one of them is another model's");
    /// The embeddings have another number of rows than `vocab_size` says.
    VOCABULARY = ("LLM105", "vocabulary-size", Error, "correct vocab_size to the rows of the embeddings, or fetch the weights that belong to config.json");
    /// Tensors that the config does not promise. They are left out with a warning.
    UNEXPECTED = ("LLM106", "tensor-unexpected", Warning, "check that config.json belongs to these weights");
    /// Weights are stored as integers, or as eight-bit floats, and no quantization is stated: engines cast them in
    /// silence, without their scales.
    DTYPE = ("LLM107", "tensor-dtype", Error, "add the quantization_config of the model's source, or fetch the weights in a float type");
    /// The output head is missing, and the config does not tie it to the embeddings: it becomes random numbers.
    HEAD = ("LLM108", "head-missing", Error, "fetch the weights again; if the model ties its head to the embeddings, set tie_word_embeddings to true");
    /// The config ties the output head to the embeddings, and the weights hold a head of their own. Versions of
    /// transformers disagree which one counts.
    TIED_HEAD = ("LLM109", "tied-head-present", Warning, "set tie_word_embeddings to false if the head differs from the embeddings, or remove the head");
    /// The layout of this model type's weights is not tabulated, so it cannot be told whether they are whole.
    LAYOUT = ("LLM110", "layout-unknown", Note, "load the model once in its own engine, or update the gate");
    /// Names lack the prefix of the base model, or have it twice. transformers loads them all the same.
    PREFIX = ("LLM111", "prefix-differs", Note, "save the model again if other engines are to load it");
    /// Learned tensors that the class does not have stand in every layer: the config is another model's. They are left
    /// out, and what is left answers differently.
    EVERYWHERE = ("LLM112", "parameters-left-out", Error, "take config.json from the source of these weights: its model_type is another one");
}

/// The weights must be what the config promises.
pub static TENSORS: Rule = Rule { name: "tensors", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(folder), Some(derived)) = (folder(case), case.derived.folder.as_deref()) else { return };
    let Some(document) = folder.document("config.json") else { return };
    // Without a config class there is nothing to promise; that has its own finding.
    let headers = headers(case, folder);
    if derived.effective.config_class.is_empty() || headers.is_empty() || case.derived.model_type().is_none() {
        return;
    }
    let root = View::root(document);
    let text = root.text_config();
    let origin = Origin::file("config.json").key("/model_type");
    let Some(habits) = habits(derived, document, &text) else {
        let name = derived.effective.model_type.as_deref().unwrap_or_default();
        findings.cannot_tell(&LAYOUT, format!("the weights of a {name} are not tabulated"), origin);
        return;
    };
    let tied = derived.effective.tie_word_embeddings.filter(|_| habits.is_image_text);
    let Some(rows) = table::rows(habits.model_type, &Config::new(&text, habits.model_type, tied)) else {
        if let Some(absurd) = absurd_layers(derived, &headers).filter(|_| is_whole(case, folder)) {
            findings.push(absurd);
            return;
        }
        let message = "config.json leaves open, or makes absurd, how many layers or experts there are";
        findings.cannot_tell(&LAYOUT, message, origin);
        return;
    };
    let outcome = compare(&rows, habits, &headers);
    Report { case, derived, habits, findings }.write(&outcome, is_whole(case, folder));
}

/// More layers than there are tensors, of which each layer has one at the least.
fn absurd_layers(derived: &FolderDerived, headers: &[&SafetensorsFacts]) -> Option<Diagnostic> {
    let tensors = headers.iter().fold(0_usize, |sum, header| sum.saturating_add(header.tensors.len()));
    let layers = derived
        .effective
        .num_hidden_layers
        .filter(|layers| u64::try_from(*layers).is_ok_and(|layers| layers > tensors as u64))?;
    let message = format!("the config counts {layers} layers, the weights hold {tensors} tensors in all");
    let origin = Origin::file("config.json").key("/num_hidden_layers");
    Some(Diagnostic::new(&LAYERS_MISSING, message).expected(layers).found(tensors).at(origin))
}

/// The headers that transformers opens.
fn headers<'a>(case: &Case<'a>, folder: &FolderFacts) -> Vec<&'a SafetensorsFacts> {
    let roles: BTreeMap<&str, WeightRole> =
        folder.weights.iter().map(|weight| (weight.name.as_str(), weight.role)).collect();
    let single = folder.weights.iter().any(|weight| weight.role == WeightRole::Single);
    let shards = folder.index.iter().flat_map(|index| &index.shards);
    let named: BTreeSet<&str> = shards.map(|shard| shard.name.as_str()).collect();
    let opened = |header: &&SafetensorsFacts| match roles.get(header.file.as_str()) {
        Some(WeightRole::Single) => true,
        Some(WeightRole::Shard) | None => !single && named.contains(header.file.as_str()),
        _ => false,
    };
    case.facts.safetensors.iter().filter(opened).collect()
}

/// Whether every file that should have been read was read.
fn is_whole(case: &Case<'_>, folder: &FolderFacts) -> bool {
    let shards = folder.index.as_ref().map(|index| index.shards.as_slice()).unwrap_or_default();
    shards.iter().all(|shard| matches!(shard.resolved, Resolved::File(_))) && !has_broken_weights(case)
}

/// Whether a reader stopped in a file of weights, which has its own finding.
fn has_broken_weights(case: &Case<'_>) -> bool {
    let file = |fault: &Diagnostic| fault.origin.file.as_deref().is_some_and(|name| name.ends_with(".safetensors"));
    case.facts.faults.iter().any(file)
}

fn habits(derived: &FolderDerived, document: &Json, text: &View<'_>) -> Option<Habits> {
    let model_type = derived.effective.model_type.as_deref()?;
    let image_text = vision::table(model_type);
    let wanted = image_text.unwrap_or(model_type);
    let (name, row) = TYPES.lines().find_map(|line| line.split_once('\t').filter(|(name, _)| *name == wanted))?;
    let mut fields = row.split('\t');
    let exact = fields.next()? == "exact";
    let extra = text.integer("num_nextn_predict_layers").and_then(|count| u64::try_from(count).ok());
    let quantization = derived.quantization.as_ref();
    let is_fp8 = quantization.is_some_and(|quantization| quantization.method.as_deref() == Some("fp8"));
    exact.then_some(Habits {
        model_type: name,
        prefix: fields.nth(1)?,
        is_quantized: quantization.is_some(),
        is_fp8,
        block: block(document, text).filter(|_| is_fp8),
        is_image_text: image_text.is_some(),
        extra_layers: extra.unwrap_or_default(),
    })
}

/// `weight_block_size`, of two numbers.
fn block(document: &Json, text: &View<'_>) -> Option<[u64; 2]> {
    let stated = [document.get("quantization_config"), text.written("quantization_config")];
    let block = stated.into_iter().flatten().find_map(|stated| stated.get("weight_block_size"))?;
    let size = |size: &Json| size.as_i64().and_then(|size| u64::try_from(size).ok());
    let [rows, columns] = block.elements() else { return None };
    Some([size(rows)?, size(columns)?])
}

struct Report<'c, 'f> {
    case: &'c Case<'c>,
    derived: &'c FolderDerived,
    habits: Habits,
    findings: &'f mut Findings,
}

impl Report<'_, '_> {
    fn write(&mut self, outcome: &Outcome, whole: bool) {
        if whole {
            self.missing(outcome);
        }
        self.beyond(outcome);
        self.shapes(&outcome.shapes);
        self.list(&DTYPE, &outcome.dtypes, |list, names| {
            let found = list.first.first().map(|first| first.found.as_str()).unwrap_or_default();
            format!("{} weights are stored as {found} without a quantization_config: {names}", list.count)
        });
        if !self.habits.is_image_text {
            self.everywhere(&outcome.everywhere);
            self.unexpected(&outcome.unexpected);
        }
        if outcome.reprefixed > 0 {
            let message =
                format!("{} names lack the prefix {}., or have it twice", outcome.reprefixed, self.habits.prefix);
            self.findings.push(Diagnostic::new(&PREFIX, message).found(outcome.reprefixed));
        }
    }

    fn missing(&mut self, outcome: &Outcome) {
        let tied: Vec<(&str, &str)> =
            table::TIED.rows(self.habits.model_type).filter_map(|row| row.split_once('\t')).collect();
        if let (Some(first), Some(last)) = (outcome.lost_layers.first(), outcome.lost_layers.last()) {
            let layers = self.derived.effective.num_hidden_layers;
            let message = format!(
                "the config counts {} layers, the weights hold nothing of {} of them ({first} to {last})",
                layers.map_or_else(|| "more".to_owned(), |layers| layers.to_string()),
                outcome.lost_layers.len(),
            );
            let origin = Origin::file("config.json").key("/num_hidden_layers");
            self.findings.push(Diagnostic::new(&LAYERS_MISSING, message).expected(layers).at(origin));
        }
        let head = |finding: &Finding| tied.iter().any(|(head, _)| *head == finding.name);
        // A tied embedding may be stored under the head's name.
        let is_tied = self.derived.effective.tie_word_embeddings == Some(true);
        let spare =
            |finding: &Finding| is_tied && tied.iter().any(|(head, source)| *source == finding.name && self.has(head));
        let lost: Vec<&Finding> = outcome.missing.first.iter().filter(|finding| !spare(finding)).collect();
        let spared = outcome.missing.first.len().saturating_sub(lost.len()) as u64;
        let heads: Vec<&Finding> = lost.iter().copied().filter(|finding| head(finding)).collect();
        let others: Vec<&Finding> = lost.iter().copied().filter(|finding| !head(finding)).collect();
        if let Some(first) = heads.first() {
            let message = format!("{} is in no file, and tie_word_embeddings is not true", first.name);
            let origin = Origin::file("config.json").key("/tie_word_embeddings");
            self.findings.push(Diagnostic::new(&HEAD, message).expected(first.name.as_str()).at(origin));
        }
        let count = outcome.missing.count.saturating_sub(heads.len() as u64).saturating_sub(spared);
        if let Some(first) = others.first() {
            let names = some(others.iter().map(|finding| finding.name.as_str()), count);
            let message = format!("{count} tensors that the config promises are in no file: {names}");
            let origin = Origin::default().key(&first.name);
            self.findings.push(Diagnostic::new(&MISSING, message).expected(first.name.as_str()).at(origin));
        }
    }

    fn has(&self, name: &str) -> bool {
        self.case.facts.safetensors.iter().any(|header| header.tensors.find(name).is_some())
    }

    fn beyond(&mut self, outcome: &Outcome) {
        let layers = outcome.beyond_layers;
        self.list(&LAYERS_BEYOND, &outcome.beyond, |list, names| match layers {
            Some((first, last)) => {
                format!("the weights hold layers {first} to {last}, which the config does not count: {names}")
            }
            None => {
                format!("the weights hold {} tensors of experts that the config does not count: {names}", list.count)
            }
        });
    }

    /// Embeddings and heads whose first dimension alone is wrong tell of the vocabulary.
    fn shapes(&mut self, shapes: &List) {
        let rows = |finding: &Finding| {
            let of = |shape: &str| shape.trim_matches(['[', ']']).split(", ").map(str::to_owned).collect::<Vec<_>>();
            (of(&finding.expected), of(&finding.found))
        };
        let vocabulary = self.derived.effective.vocab_size.map(|size| size.to_string());
        let is_vocabulary = |finding: &&Finding| {
            let (expected, found) = rows(finding);
            expected.first() == vocabulary.as_ref()
                && expected.len() == found.len()
                && expected.get(1..) == found.get(1..)
        };
        if let Some(first) = shapes.first.iter().find(is_vocabulary) {
            let found = rows(first).1.first().cloned().unwrap_or_default();
            let expected = vocabulary.clone().unwrap_or_default();
            let message = format!("{} has {found} rows, vocab_size says {expected}", first.name);
            let origin = Origin::file(&first.file).key(&first.name);
            self.findings.push(Diagnostic::new(&VOCABULARY, message).expected(expected).found(found).at(origin));
        }
        let others: Vec<&Finding> = shapes.first.iter().filter(|finding| !is_vocabulary(finding)).collect();
        if let Some(first) = others.first() {
            let count = shapes.count.saturating_sub(shapes.first.len().saturating_sub(others.len()) as u64);
            let message = format!(
                "{} is {}, the config makes it {}{}",
                first.name,
                first.found,
                first.expected,
                if count > 1 { format!("; {} more differ", count.saturating_sub(1)) } else { String::new() }
            );
            let origin = Origin::file(&first.file).key(&first.name);
            let finding = Diagnostic::new(&SHAPE, message).expected(first.expected.as_str());
            self.findings.push(finding.found(first.found.as_str()).at(origin));
        }
    }

    fn everywhere(&mut self, kinds: &[String]) {
        let Some(first) = kinds.first() else { return };
        let names = some(kinds.iter().map(String::as_str), kinds.len() as u64);
        let message = format!("every layer holds {names}, which a {} does not have", self.habits.model_type);
        let origin = Origin::file("config.json").key("/model_type");
        self.findings.push(Diagnostic::new(&EVERYWHERE, message).found(first.as_str()).at(origin));
    }

    fn unexpected(&mut self, list: &List) {
        let tied: Vec<&str> =
            table::TIED.rows(self.habits.model_type).filter_map(|row| row.split('\t').next()).collect();
        let head = list.first.iter().find(|finding| tied.contains(&finding.name.as_str()));
        if let Some(head) = head {
            let message = format!("{} is in the weights, and tie_word_embeddings is true", head.name);
            let origin = Origin::file(&head.file).key(&head.name);
            self.findings.push(Diagnostic::new(&TIED_HEAD, message).at(origin));
        }
        let others: Vec<Finding> = list.first.iter().filter(|f| !tied.contains(&f.name.as_str())).cloned().collect();
        let count = list.count.saturating_sub(list.first.len().saturating_sub(others.len()) as u64);
        self.list(&UNEXPECTED, &List { count, first: others }, |list, names| {
            format!("{} tensors are none that the config promises: {names}", list.count)
        });
    }

    fn list(&mut self, cause: &'static Cause, list: &List, message: impl Fn(&List, &str) -> String) {
        let Some(first) = list.first.first() else { return };
        let names = some(list.first.iter().map(|finding| finding.name.as_str()), list.count);
        let origin = Origin::file(&first.file).key(&first.name);
        self.findings.push(Diagnostic::new(cause, message(list, &names)).found(list.count).at(origin));
    }
}
