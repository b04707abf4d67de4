//! Where a model is found: hub caches, adapters, Mistral's layout, folders of GGUF files, names that are nearly right.

use modelgate::diagnostic::Severity;
use modelgate::{Gate, Verdict};
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};
use std::fs;
use std::path::{Path, PathBuf};

const TINY: &str = "test-models/tiny-llama";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn check(engine: &str, path: &Path) -> Verdict {
    Gate::for_engine(engine).unwrap().check(path).unwrap()
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    let findings = verdict.judgement().findings.iter();
    findings.filter(|finding| finding.severity != Severity::Note).map(|finding| finding.cause.code.0).collect()
}

fn message(verdict: &Verdict, code: &str) -> String {
    let findings = verdict.judgement().findings.iter();
    findings.filter(|finding| finding.cause.code.0 == code).map(|finding| finding.message.clone()).collect()
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(TINY).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn copy(home: &Path) {
    for file in files() {
        fs::copy(&file, home.join(file.file_name().unwrap())).unwrap();
    }
}

fn tensors(path: &Path, tensors: &[(&str, &[usize])]) {
    let data = vec![0_u8; 4 << 16];
    let views = tensors.iter().map(|(name, shape)| {
        let bytes = shape.iter().product::<usize>() * 4;
        ((*name).to_owned(), TensorView::new(Dtype::F32, shape.to_vec(), &data[..bytes]).unwrap())
    });
    serialize_to_file(views, None, path).unwrap();
}

#[cfg(unix)]
mod hub {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A repository as the hub's client lays it out.
    fn repository(home: &Path) -> PathBuf {
        let root = home.join("models--org--name");
        let snapshot = root.join("snapshots").join(COMMIT);
        for folder in ["refs", "blobs"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::create_dir_all(&snapshot).unwrap();
        fs::write(root.join("refs/main"), COMMIT).unwrap();
        for (number, file) in files().iter().enumerate() {
            let blob = format!("{number:040x}");
            fs::copy(file, root.join("blobs").join(&blob)).unwrap();
            symlink(format!("../../blobs/{blob}"), snapshot.join(file.file_name().unwrap())).unwrap();
        }
        root
    }

    #[test]
    fn a_repository_leads_to_its_snapshot() {
        let home = tempfile::tempdir().unwrap();
        let root = repository(home.path());
        let verdict = check("transformers", &root);
        assert!(verdict.is_accepted(), "{:?}", codes(&verdict));
        assert_eq!(verdict.judgement().facts.revision.as_deref(), Some(COMMIT));
        let admission = verdict.into_result().unwrap();
        assert_eq!(admission.path(), root.join("snapshots").join(COMMIT));
        assert!(check("transformers", admission.path()).is_accepted());
    }

    #[test]
    fn the_only_revision_needs_no_name_and_two_do() {
        let home = tempfile::tempdir().unwrap();
        let root = repository(home.path());
        fs::remove_file(root.join("refs/main")).unwrap();
        assert!(check("transformers", &root).is_accepted());
        fs::create_dir(root.join("snapshots/other")).unwrap();
        let verdict = check("transformers", &root);
        assert_eq!(codes(&verdict), ["BNDL126"]);
        assert!(message(&verdict, "BNDL126").ends_with("there are 2 snapshots, and refs/main names none"));
        fs::write(root.join("refs/main"), "f".repeat(40)).unwrap();
        let verdict = check("transformers", &root);
        assert!(message(&verdict, "BNDL126").ends_with("which is not among the snapshots"));
    }

    #[test]
    fn the_cache_itself_and_the_folder_of_snapshots_are_told() {
        let home = tempfile::tempdir().unwrap();
        let root = repository(home.path());
        assert!(check("transformers", &root.join("snapshots")).is_accepted());
        let verdict = check("transformers", root.parent().unwrap());
        assert_eq!(codes(&verdict), ["BNDL126"]);
        assert!(message(&verdict, "BNDL126").contains("it holds 1 repositories, and one is to be named (models--"));
    }

    #[test]
    fn a_download_that_did_not_end_is_named_as_one() {
        let home = tempfile::tempdir().unwrap();
        let root = repository(home.path());
        let snapshot = root.join("snapshots").join(COMMIT);
        let link = snapshot.join("model-00002-of-00002.safetensors");
        let blob = snapshot.join(fs::read_link(&link).unwrap());
        fs::rename(&blob, root.join("blobs/half.incomplete")).unwrap();
        let verdict = check("transformers", &root);
        assert_eq!(codes(&verdict), ["BNDL104", "BNDL107"]);
        assert!(message(&verdict, "BNDL107").contains("half.incomplete"));
    }

    #[test]
    fn a_link_out_of_the_repository_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let root = repository(home.path());
        let link = root.join("snapshots").join(COMMIT).join("tokenizer.json");
        fs::remove_file(&link).unwrap();
        fs::copy(Path::new(TINY).join("tokenizer.json"), home.path().join("outside.json")).unwrap();
        symlink(home.path().join("outside.json"), &link).unwrap();
        assert!(codes(&check("transformers", &root)).contains(&"BNDL105"));
    }
}

/// An adapter of rank 4 on the query projections of the tiny model, which is 64 wide.
fn adapter(home: &Path, shapes: &[(&str, &[usize])]) -> PathBuf {
    adapter_with(home, "", shapes)
}

/// The same with further members in its config.
fn adapter_with(home: &Path, more: &str, shapes: &[(&str, &[usize])]) -> PathBuf {
    let root = home.join("adapter");
    fs::create_dir_all(&root).unwrap();
    let config = r#"{"base_model_name_or_path":"org/tiny","peft_type":"LORA","r":4,"lora_alpha":8"#;
    fs::write(root.join("adapter_config.json"), format!("{config}{more}}}")).unwrap();
    if !shapes.is_empty() {
        tensors(&root.join("adapter_model.safetensors"), shapes);
    }
    root
}

const DOWN: &str = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";
const UP: &str = "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight";

#[test]
fn an_adapter_is_judged_with_its_base() {
    let home = tempfile::tempdir().unwrap();
    let beside = |shapes: &[(&str, &[usize])]| {
        let path = adapter(home.path(), shapes);
        Gate::for_engine("transformers").unwrap().beside(TINY).unwrap().check(path).unwrap()
    };
    assert_eq!(codes(&beside(&[])), ["BNDL127"]);
    let sound = beside(&[(DOWN, &[4, 64]), (UP, &[64, 4])]);
    assert!(sound.is_accepted(), "{:?}", codes(&sound));
    assert_eq!(
        sound.judgement().derived.config.as_ref().unwrap().as_llm().unwrap().model_family.as_deref(),
        Some("llama")
    );
    let shape = beside(&[(DOWN, &[4, 32]), (UP, &[64, 4])]);
    assert_eq!(codes(&shape), ["BNDL129"]);
    assert!(message(&shape, "BNDL129").contains("is [4, 32], the base makes it [4, 64]"));
    assert_eq!(codes(&beside(&[(DOWN, &[8, 64]), (UP, &[64, 8])])), ["BNDL129"]);
    let absent = "base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight";
    assert_eq!(codes(&beside(&[(absent, &[4, 64])])), ["BNDL128"]);
}

#[test]
fn an_adapters_config_is_held_against_its_tensors() {
    let home = tempfile::tempdir().unwrap();
    let codes_of = |more: &str, shapes: &[(&str, &[usize])]| {
        let path = adapter_with(home.path(), more, shapes);
        codes(&Gate::for_engine("transformers").unwrap().beside(TINY).unwrap().check(path).unwrap())
    };
    let both: [(&str, &[usize]); 2] = [(DOWN, &[4, 64]), (UP, &[64, 4])];
    let first = r#","target_modules":["q_proj"],"layers_to_transform":[0]"#;
    assert!(codes_of(first, &both).is_empty());
    // One half, DoRA's lengths, a listed target, a whole module: peft goes on with random numbers, or stops.
    assert_eq!(codes_of("", &both[..1]), ["BNDL132"]);
    assert_eq!(codes_of(r#","use_dora":true"#, &both), ["BNDL132"]);
    assert_eq!(codes_of(r#","target_modules":["q_proj"]"#, &both), ["BNDL132"]);
    assert_eq!(codes_of(&format!(r#"{first},"modules_to_save":["lm_head"]"#), &both), ["BNDL132"]);
    // The rank is the module's own.
    let pattern = |rank| format!(r#"{first},"rank_pattern":{{"layers.0.self_attn.q_proj":{rank}}}"#);
    assert!(codes_of(&pattern(4), &both).is_empty());
    assert_eq!(codes_of(&pattern(2), &both), ["BNDL129"]);
    assert!(codes_of(r#","rank_pattern":{"^model.*q_proj":2}"#, &both).is_empty());
    let rows = ("base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta", &[2, 64][..]);
    let tokens = format!(r#"{first},"trainable_token_indices":[1,2]"#);
    assert!(codes_of(&tokens, &[both[0], both[1], rows]).is_empty());
    assert_eq!(codes_of(&tokens, &both), ["BNDL132"]);
}

#[test]
fn an_adapter_alone_is_told_as_one_with_its_base() {
    let home = tempfile::tempdir().unwrap();
    let verdict = check("transformers", &adapter(home.path(), &[(DOWN, &[4, 64]), (UP, &[64, 4])]));
    assert_eq!(codes(&verdict), ["BNDL102"]);
    assert!(message(&verdict, "BNDL102").contains("org/tiny"));
    assert!(Gate::for_engine("transformers").unwrap().beside(home.path().join("adapter")).is_err());
}

/// One layer of eight, two heads of which share a key head.
static MISTRAL: [(&str, &[usize]); 12] = [
    ("layers.0.attention.wk.weight", &[4, 8]),
    ("layers.0.attention.wo.weight", &[8, 8]),
    ("layers.0.attention.wq.weight", &[8, 8]),
    ("layers.0.attention.wv.weight", &[4, 8]),
    ("layers.0.attention_norm.weight", &[8]),
    ("layers.0.feed_forward.w1.weight", &[16, 8]),
    ("layers.0.feed_forward.w2.weight", &[8, 16]),
    ("layers.0.feed_forward.w3.weight", &[16, 8]),
    ("layers.0.ffn_norm.weight", &[8]),
    ("norm.weight", &[8]),
    ("output.weight", &[32, 8]),
    ("tok_embeddings.weight", &[32, 8]),
];

#[test]
fn mistrals_own_layout_is_vllms() {
    let home = tempfile::tempdir().unwrap();
    let params = r#"{"dim":8,"n_layers":1,"head_dim":4,"hidden_dim":16,"n_heads":2,"n_kv_heads":1,"norm_eps":1e-5,
        "vocab_size":32,"max_position_embeddings":4096}"#;
    fs::write(home.path().join("params.json"), params).unwrap();
    fs::write(home.path().join("tekken.json"), "{}").unwrap();
    let weights = home.path().join("consolidated.safetensors");
    tensors(&weights, &MISTRAL);
    let verdict = check("vllm", home.path());
    assert!(verdict.is_accepted(), "{:?}", codes(&verdict));
    assert_eq!(verdict.judgement().derived.config.as_ref().unwrap().as_llm().unwrap().context_length, Some(4096));
    let other = check("transformers", home.path());
    assert!(message(&other, "BNDL101").contains("Mistral's own layout"));
    tensors(&weights, &MISTRAL[1..]);
    assert_eq!(codes(&check("vllm", home.path())), ["VLLM109"]);
    let mut wrong = MISTRAL;
    wrong[0].1 = &[8, 8];
    tensors(&weights, &wrong);
    assert_eq!(codes(&check("vllm", home.path())), ["VLLM109"]);
    tensors(&weights, &MISTRAL);
    fs::remove_file(home.path().join("tekken.json")).unwrap();
    assert_eq!(codes(&check("vllm", home.path())), ["VLLM110"]);
}

#[test]
fn pictures_leave_the_text_half_of_mistrals_layout_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let (params, weights) = (home.path().join("params.json"), home.path().join("consolidated.safetensors"));
    let numbers = r#""dim":8,"n_layers":1,"head_dim":4,"hidden_dim":16,"n_heads":2,"n_kv_heads":1,"norm_eps":1e-5,
        "vocab_size":32"#;
    fs::write(home.path().join("tekken.json"), "{}").unwrap();
    let judge = |more: &str, shapes: &[(&str, &[usize])]| {
        fs::write(&params, format!("{{{numbers},{more}}}")).unwrap();
        tensors(&weights, shapes);
        check("vllm", home.path())
    };
    let mut pictures = MISTRAL.to_vec();
    pictures.push(("vision_language_adapter.w_in.weight", &[8, 4]));
    let vision = r#""vision_encoder":{"hidden_size":4}"#;
    let verdict = judge(vision, &pictures);
    assert!(verdict.is_accepted() && !verdict.judgement().unknown.is_empty(), "{:?}", codes(&verdict));
    let architecture = |verdict: &Verdict| {
        verdict.judgement().derived.config.as_ref().unwrap().as_llm().unwrap().architecture.clone().unwrap()
    };
    assert_eq!(architecture(&verdict), "PixtralForConditionalGeneration");
    assert_eq!(codes(&judge(vision, &pictures[1..])), ["VLLM109"]);
    let audio = r#""multimodal":{"whisper_model_args":{"encoder_args":{"dim":4}}}"#;
    assert_eq!(architecture(&judge(audio, &MISTRAL[1..])), "VoxtralForConditionalGeneration");
    let experts = judge(r#""moe":{"num_experts":4,"num_shared_experts":1}"#, &MISTRAL);
    assert_eq!(architecture(&experts), "MistralLarge3ForCausalLM");
    assert!(judge(r#""quantization":{"qformat_weight":"fp8_e4m3","qscheme_act":"TENSOR"}"#, &MISTRAL).is_accepted());
    assert_eq!(codes(&judge(r#""quantization":{"qformat_weight":"int4"}"#, &MISTRAL)), ["VLLM113"]);
}

#[test]
fn a_folder_of_gguf_files_leads_to_the_only_model() {
    let home = tempfile::tempdir().unwrap();
    let gguf = |name: &str| fs::copy("test-models/tiny-llama.gguf", home.path().join(name)).unwrap();
    gguf("tiny-Q4_0.gguf");
    gguf("mmproj-tiny.gguf");
    let one = check("llama-cpp", home.path());
    assert!(one.is_accepted(), "{:?}", codes(&one));
    assert_eq!(one.judgement().path, home.path().join("tiny-Q4_0.gguf"));
    assert_eq!(codes(&check("transformers", home.path())), ["FILE101"]);
    gguf("tiny-Q8_0.gguf");
    let several = check("llama-cpp", home.path());
    assert!(codes(&several).contains(&"FILE101"));
    let help = several.judgement().findings[0].help.clone();
    assert!(help.contains(".gguf"), "{help}");
    assert!(message(&check("transformers", home.path()), "BNDL101").contains("but GGUF files: "));
}

#[test]
fn names_that_are_nearly_right_are_offered() {
    let home = tempfile::tempdir().unwrap();
    copy(home.path());
    let rename = |from: &str, to: &str| fs::rename(home.path().join(from), home.path().join(to)).unwrap();
    rename("generation_config.json", "generation_config (1).json");
    let verdict = check("transformers", home.path());
    assert!(message(&verdict, "BNDL131").ends_with("did you mean generation_config.json"));
    rename("config.json", "config .json");
    assert!(message(&check("transformers", home.path()), "BNDL101").ends_with("did you mean 'config .json'"));
}

#[test]
fn a_single_file_of_weights_is_no_folder() {
    let verdict = check("transformers", &Path::new(TINY).join("model-00001-of-00002.safetensors"));
    assert_eq!(codes(&verdict), ["FILE101"]);
}
