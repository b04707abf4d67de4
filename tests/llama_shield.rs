//! Files that kill or damage llama.cpp when it loads them: each is told, by its own code.

#![allow(clippy::disallowed_methods, reason = "the test writes the files that it judges")]

mod common;

use common::bases::llama_gguf;
use common::gguf::{Gguf, Kind, Value};
use common::{Content, Model};
use modelgate::Gate;

/// The codes of the findings about a model, worst first.
fn codes(model: Gguf) -> Vec<&'static str> {
    let room = tempfile::tempdir().unwrap();
    let path = Model::single("model.gguf", Content::Gguf(model)).write(room.path());
    let verdict = Gate::for_engine("llama-cpp").unwrap().check(&path).unwrap();
    verdict.judgement().findings.iter().map(|finding| finding.cause.code.0).collect()
}

/// The model with its tokens changed.
fn tokens(change: impl FnOnce(&mut Vec<String>)) -> Gguf {
    let mut model = llama_gguf();
    let (_, value) = model.keys.iter_mut().find(|(name, _)| name == "tokenizer.ggml.tokens").unwrap();
    let Value::Strings(tokens) = value else { panic!("the tokens are texts") };
    change(tokens);
    model
}

fn with(key: &str, value: Value) -> Gguf {
    let mut model = llama_gguf();
    model.key(key, value);
    model
}

#[test]
fn the_model_itself_is_sound() {
    assert!(codes(llama_gguf()).iter().all(|code| !code.starts_with("LCPP")));
}

#[test]
fn tokens_that_are_the_same_up_to_a_zero_byte_are_duplicates() {
    let last = |tokens: &mut Vec<String>, text: &str| *tokens.last_mut().unwrap() = text.to_owned();
    assert_eq!(codes(tokens(|all| last(all, "</s>")))[0], "LCPP118");
    assert_eq!(codes(tokens(|all| last(all, "</s>\0hidden")))[0], "LCPP118");
    assert!(!codes(tokens(|all| last(all, "hidden\0</s>"))).contains(&"LCPP118"));
}

#[test]
fn texts_end_at_their_first_zero_byte() {
    assert!(!codes(with("general.architecture", Value::String("llama\0x".into()))).contains(&"LCPP101"));
    assert_eq!(codes(with("general.architecture", Value::String("lla\0ma".into())))[0], "LCPP101");
}

/// The engine finds keys by the names up to their zero bytes, and takes the first.
#[test]
fn of_keys_of_one_name_up_to_a_zero_byte_the_first_counts() {
    let before = |name: &str, value: Value| {
        let mut model = llama_gguf();
        model.keys.insert(0, (name.to_owned(), value));
        codes(model)
    };
    let sound = codes(llama_gguf());
    let other = || Value::String("no-such-architecture".into());
    assert_eq!(before("general.architecture\0x", other())[0], "LCPP101");
    assert_eq!(codes(with("general.architecture\0x", other())), sound);
    assert_eq!(before("llama.block_count\0", Value::U32(513))[0], "LCPP109");
    assert_eq!(before("general.alignment\0", Value::U32(3))[0], "GGUF007");
}

#[test]
fn tensors_of_one_name_up_to_a_zero_byte_stand_twice() {
    let mut model = llama_gguf();
    model.tensor("output_norm.weight\0x", &[64], Kind::F32);
    assert_eq!(codes(model)[0], "GGUF008");
}

#[test]
fn byte_tokens_that_are_no_bytes_are_told() {
    let byte =
        |text: &'static str| tokens(move |all| *all.iter_mut().find(|token| *token == "<0x41>").unwrap() = text.into());
    assert!(codes(byte("<0x-1>")).contains(&"LCPP163"), "llama.cpp#25969");
    assert!(!codes(byte("<0x4b>x")).is_empty());
    assert_eq!(codes(byte("<0"))[0], "LCPP117");
}

#[test]
fn more_layers_than_the_engine_has_room_for() {
    assert_eq!(codes(with("llama.block_count", Value::U32(513)))[0], "LCPP109", "llama.cpp#25821");
    assert_eq!(codes(with("llama.block_count", Value::U32(0)))[0], "LCPP109");
}

#[test]
fn arrays_of_another_element_type() {
    let types = Value::Strings(vec!["x".into(); 275]);
    assert_eq!(codes(with("tokenizer.ggml.token_type", types))[0], "LCPP115", "llama.cpp#26690");
    assert_eq!(codes(with("tokenizer.ggml.scores", Value::Bool(true)))[0], "LCPP115");
}

#[test]
fn experts_that_contradict_one_another() {
    let mut model = with("llama.expert_count", Value::U32(4));
    assert_eq!(codes(model.clone())[0], "LCPP109");
    model.key("llama.expert_used_count", Value::U32(5));
    assert_eq!(codes(model)[0], "LCPP109");
}

#[test]
fn position_factors_that_are_not_f32() {
    let mut model = llama_gguf();
    model.tensor("rope_freqs.weight", &[8], Kind::F16);
    assert_eq!(codes(model)[0], "LCPP125");
}

#[test]
fn a_vocabulary_without_a_newline_that_never_ends() {
    let mut model = tokens(|all| *all.last_mut().unwrap() = "\n\n".to_owned());
    model.key("tokenizer.ggml.model", Value::String("rwkv".to_owned()));
    assert_eq!(codes(model)[0], "LCPP111");
}

#[test]
fn vocabularies_of_too_few_tokens() {
    let few = |kind: &str, count: usize| {
        let mut model = tokens(|all| all.truncate(count));
        model.key("tokenizer.ggml.model", Value::String(kind.to_owned()));
        codes(model)[0]
    };
    assert_eq!((few("t5", 2), few("test", 0), few("bert", 0)), ("LCPP117", "LCPP110", "LCPP117"));
}
