//! Entries made from the answers of model hubs.

use modelgate::config::{CheckpointType, Config, ImageConfig, LlmConfig, ModelType};
use modelgate::{ModelEntry, catalog::ArtifactStatus};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

type Import = fn(&Value) -> Result<Vec<ModelEntry>, modelgate::Error>;

/// The importers, by the folder of the corpus that has answers for them.
const HUBS: [(&str, Import); 2] =
    [("civitai", ModelEntry::list_from_civitai), ("huggingface-api", ModelEntry::list_from_huggingface)];

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/catalog").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The recorded answers, by hub; nothing where there is no corpus.
fn samples(hub: &str) -> Option<Vec<(PathBuf, Value)>> {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        eprintln!("skipped: MODELGATE_CORPUS is not set");
        return None;
    };
    let folder = Path::new(&root).join("corpus").join(hub);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json") && !path.ends_with("enums.json"));
    paths.sort();
    Some(
        paths
            .into_iter()
            .map(|path| (path.clone(), serde_json::from_slice(&fs::read(path).unwrap()).unwrap()))
            .collect(),
    )
}

fn sample(hub: &str, start: &str) -> Option<Value> {
    let of_name = |path: &Path| path.file_name().unwrap().to_str().unwrap().starts_with(start);
    let found = samples(hub)?.into_iter().find(|(path, _)| of_name(path));
    Some(found.unwrap_or_else(|| panic!("no sample {start}")).1)
}

fn image(entry: &ModelEntry) -> ImageConfig {
    match entry.typed_config().unwrap() {
        Config::Image(config) => *config,
        other => panic!("{other:?}"),
    }
}

fn llm(entry: &ModelEntry) -> LlmConfig {
    match entry.typed_config().unwrap() {
        Config::Llm(config) => Arc::unwrap_or_clone(config),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_sample_imports_and_its_entries_are_sound() {
    let mut seen = (0, 0);
    for (hub, import) in HUBS {
        let Some(samples) = samples(hub) else { return };
        for (path, answer) in samples {
            let entries = import(&answer).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(!entries.is_empty(), "{}", path.display());
            entries.iter().for_each(|entry| sound(entry, &path));
            seen = (seen.0 + 1, seen.1 + entries.len());
        }
    }
    println!("{} samples, {} entries", seen.0, seen.1);
    assert_eq!(seen, (15, 32));
}

/// An entry's claims are of their types, and it survives being written and read.
fn sound(entry: &ModelEntry, path: &Path) {
    let config = entry.model_config().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(config.model_type(), entry.model_type);
    let written = entry.to_json();
    let read = ModelEntry::from_json(&written).unwrap();
    assert_eq!((&read, read.to_json()), (entry, written));
}

#[test]
fn recorded_language_models() {
    let Some(answer) = sample("huggingface-api", "google-bert") else { return };
    let entry = ModelEntry::from_huggingface(&answer).unwrap();
    let config = llm(&entry);
    assert_eq!((entry.id.as_str(), entry.author.as_deref()), ("google-bert/bert-base-uncased", Some("google-bert")));
    // Not 110,106,428 (parameters), not 12,904,182,200 (the repository's whole history).
    assert_eq!((entry.size, entry.added_at.as_deref()), (None, Some("2022-03-02T23:29:04.000Z")));
    assert_eq!(
        (config.architecture.as_deref(), config.model_family.as_deref()),
        (Some("BertForMaskedLM"), Some("bert"))
    );
    assert_eq!((config.license.as_deref(), config.languages), (Some("apache-2.0"), vec!["en".to_owned()]));
    assert_eq!((config.quantization.as_deref(), config.gated, config.files.len()), (Some("f32"), Some(false), 16));

    let albert = llm(&ModelEntry::from_huggingface(&sample("huggingface-api", "sentence").unwrap()).unwrap());
    assert_eq!(
        (albert.tokenizer.bos_token.as_deref(), albert.tokenizer.eos_token.as_deref()),
        (Some("[CLS]"), Some("[SEP]"))
    );

    let gemma = ModelEntry::from_huggingface(&sample("huggingface-api", "ggml-org__gemma-3").unwrap()).unwrap();
    let config = llm(&gemma);
    assert_eq!((config.model_family.as_deref(), config.context_length), (Some("gemma3"), Some(32768)));
    assert_eq!(
        (config.base_model.as_deref(), config.license.as_deref()),
        (Some("google/gemma-3-1b-it"), Some("gemma"))
    );
    assert!(gemma.size.is_none() && config.tokenizer.chat_template.is_some());
}

#[test]
fn recorded_search_rows() {
    let Some(answer) = sample("huggingface-api", "search-rows") else { return };
    let entries = ModelEntry::list_from_huggingface(&answer).unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry.model_type).collect();
    assert_eq!(kinds, [ModelType::Llm, ModelType::Image, ModelType::Llm, ModelType::Llm]);
    assert_eq!(
        (llm(&entries[0]).gated, llm(&entries[2]).gated, llm(&entries[3]).gated),
        (Some(false), Some(true), None)
    );
    assert_eq!((entries[3].id.as_str(), entries[3].author.as_deref()), ("gpt2", None));
    let flux = image(&entries[1]);
    assert_eq!(flux.base_model.as_deref(), Some("Flux.1 D"));
    assert_eq!(flux.license.as_deref(), Some("flux-1-dev-non-commercial-license"));
}

#[test]
fn a_tree_gives_sizes() {
    let Some(tree) = sample("huggingface-api", "ggml-org__gemma-4-E4B-it-GGUF.tree") else { return };
    let answer = sample("huggingface-api", "ggml-org__gemma-4-E4B-it-GGUF.trimmed").unwrap();
    let entry = ModelEntry::from_huggingface(&answer).unwrap().with_huggingface_tree(&tree, None).unwrap();
    assert_eq!((entry.size, llm(&entry).quantization.as_deref()), (Some(4_590_807_392), Some("Q4_0")));
    assert_eq!(entry.path, Path::new("ggml-org/gemma-4-E4B-it-GGUF/gemma-4-E4B-it-Q4_0.gguf"));
    assert_eq!((llm(&entry).model_family.as_deref(), llm(&entry).context_length), (Some("gemma4"), Some(131_072)));
}

#[test]
fn recorded_pictures() {
    let Some(answer) = sample("huggingface-api", "stabilityai") else { return };
    let config = ImageConfig::from_huggingface(&answer).unwrap();
    assert_eq!(
        (config.base_model.as_deref(), config.checkpoint_type),
        (Some("SD 2.1"), Some(CheckpointType::Checkpoint))
    );
    assert_eq!((config.resolution, config.likes), (Some((768, 768)), Some(3928)));
    assert!(LlmConfig::from_huggingface(&answer).is_err());

    let answer = sample("civitai", "models-4201").unwrap();
    let entry = ModelEntry::from_civitai(&answer).unwrap();
    let config = image(&entry);
    assert_eq!((entry.id.as_str(), entry.author.as_deref()), ("civitai:4201@501240", Some("SG_161222")));
    // The primary file's 2082642.474609375 KiB.
    assert_eq!((entry.size, config.base_model.as_deref()), (Some(2_132_625_894), Some("SD 1.5 Hyper")));
    assert_eq!((config.downloads, config.likes, config.nsfw), (Some(1_152_396), Some(39_749), Some(false)));

    let by_hash = image(&ModelEntry::from_civitai(&sample("civitai", "model-versions-by-hash").unwrap()).unwrap());
    assert_eq!((by_hash.base_model.as_deref(), by_hash.trigger_words.len()), (Some("Illustrious"), 3));

    let pickle = ModelEntry::from_civitai(&sample("civitai", "model-versions-1318").unwrap()).unwrap();
    assert_eq!((pickle.id.as_str(), pickle.name.as_str()), ("civitai:1244@1318", "froggy style toad"));
    assert_eq!(image(&pickle).checkpoint_type, Some(CheckpointType::Checkpoint));

    let lora = ModelEntry::list_from_civitai(&sample("civitai", "models-list-flux").unwrap()).unwrap();
    let config = image(&lora[0]);
    assert_eq!((config.checkpoint_type, config.likes), (Some(CheckpointType::Lora), Some(88)));
    assert_eq!(config.trigger_words, ["mold trigger"]);
}

#[test]
fn every_known_base_model_keeps_its_name_and_kind() {
    let Some(root) = std::env::var_os("MODELGATE_CORPUS") else {
        return eprintln!("skipped: MODELGATE_CORPUS is not set");
    };
    let text = fs::read(Path::new(&root).join("corpus/civitai/enums.json")).unwrap();
    let enums: Value = serde_json::from_slice(&text).unwrap();
    let names = enums["base_models"].as_array().unwrap();
    assert_eq!(names.len(), 99);
    for row in names {
        let answer = json!({"id": 1, "modelId": 2, "baseModel": row["name"], "model": {"type": "Checkpoint"}});
        let entry = ModelEntry::from_civitai(&answer).unwrap();
        assert_eq!(entry.config["base_model"], row["name"]);
        assert_eq!(entry.model_type.name(), row["type"].as_str().unwrap_or("image"), "{row}");
    }
}

#[test]
fn a_civitai_model_with_every_trap() {
    let answer = fixture("civitai-model.json");
    let entry = ModelEntry::from_civitai(&answer).unwrap();
    insta::assert_snapshot!(entry.to_json());
    let old = ModelEntry::from_civitai_version(&answer, 700).unwrap();
    assert!(matches!(&old.status, ArtifactStatus::Failed { error } if error.contains("no files")));
    assert_eq!((image(&old).clip_skip, old.name.as_str()), (Some(2), "Lantern one"));
    assert_eq!(ModelEntry::list_from_civitai(&answer).unwrap().len(), 2);
    assert!(ModelEntry::from_civitai_version(&answer, 1).is_err());
}

#[test]
fn a_huggingface_model_with_every_trap() {
    insta::assert_snapshot!(ModelEntry::from_huggingface(&fixture("huggingface-llm.json")).unwrap().to_json());
}

#[test]
fn a_language_model_on_civitai_is_no_image() {
    for kind in ["LLM", "VisionLanguage"] {
        let mut answer = fixture("civitai-model.json");
        answer["type"] = json!(kind);
        assert_eq!(ModelEntry::from_civitai(&answer).unwrap().model_type, ModelType::Llm);
        assert!(ImageConfig::from_civitai(&answer).unwrap_err().to_string().contains("type llm, not image"));
    }
}

#[test]
fn archived_and_taken_down_models_cannot_be_used() {
    for (mode, words) in [("Archived", "archived at the source"), ("TakenDown", "taken down at the source")] {
        let mut answer = fixture("civitai-model.json");
        answer["mode"] = json!(mode);
        let error = ModelEntry::from_civitai(&answer).unwrap().require_available().unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn what_is_no_answer_is_refused_in_words() {
    for (answer, words) in [
        (json!({"error": "Repository not found"}), "it is an error: Repository not found"),
        (json!({}), "neither id nor modelId"),
        (json!("x"), "no JSON object"),
        (json!([{"id": "a/b"}, 7]), "row 1"),
    ] {
        let error = ModelEntry::list_from_huggingface(&answer).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    for (answer, words) in [
        (json!({"error": "No model with id 1"}), "it is an error: No model"),
        (json!({}), "neither a model nor a version"),
        (json!({"items": [{"id": 1}, null]}), "item 1"),
    ] {
        let error = ModelEntry::list_from_civitai(&answer).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

/// What any field is replaced by in turn.
fn strangers() -> [Value; 8] {
    [
        Value::Null,
        json!(true),
        json!(-1.5e300),
        json!(u64::MAX),
        json!("x"),
        json!(""),
        json!([[]]),
        json!({"content": 1}),
    ]
}

/// Every JSON pointer below `value`.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let key = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    let children: Vec<(String, &Value)> = match value {
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)).collect()
        }
        Value::Object(members) => members.iter().map(|(name, value)| (key(name), value)).collect(),
        _ => Vec::new(),
    };
    for (pointer, child) in children {
        found.push(pointer.clone());
        pointers(child, &pointer, found);
    }
}

fn without(answer: &Value, pointer: &str) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let mut changed = answer.clone();
    match changed.pointer_mut(parent) {
        Some(Value::Array(elements)) => drop(elements.remove(key.parse().unwrap())),
        Some(Value::Object(members)) => drop(members.remove(&key.replace("~1", "/").replace("~0", "~"))),
        _ => {}
    }
    changed
}

fn readable(entry: &ModelEntry, path: &Path) -> bool {
    entry.model_config().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    true
}

/// Changes every field in turn in every way; an answer may be refused, and what is imported must be readable.
fn survives(import: Import, answer: &Value, path: &Path) -> usize {
    let mut all = Vec::new();
    pointers(answer, "", &mut all);
    let changed = |pointer: &String| {
        let replaced = strangers().map(|stranger| {
            let mut changed = answer.clone();
            *changed.pointer_mut(pointer).unwrap() = stranger;
            changed
        });
        replaced.into_iter().chain([without(answer, pointer)]).collect::<Vec<_>>()
    };
    let answers = all.iter().flat_map(changed);
    answers
        .map(|answer| {
            import(&answer).map_or(0, |entries| entries.iter().filter(|entry| readable(entry, path)).count().max(1))
        })
        .sum()
}

#[test]
fn nothing_panics_whatever_a_field_is() {
    let own = [("civitai-model.json", HUBS[0].1), ("huggingface-llm.json", HUBS[1].1)];
    for (name, import) in own {
        assert!(survives(import, &fixture(name), Path::new(name)) > 300, "{name}");
    }
    for (hub, import) in HUBS {
        for (path, answer) in samples(hub).unwrap_or_default() {
            assert!(survives(import, &answer, &path) > 0, "{}", path.display());
        }
    }
}
