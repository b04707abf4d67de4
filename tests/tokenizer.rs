//! The model's own tokenizer behind an admission: counting and encoding prompts.

use modelgate::chat::{Conversation, Prompt};
use modelgate::{Admission, Error, Gate};
use std::fs;
use std::path::Path;

fn admit(path: &Path) -> Box<Admission> {
    Gate::for_engine("transformers").unwrap().check(path).unwrap().into_result().unwrap()
}

fn prompt(text: &str) -> Prompt {
    let mut prompt = Prompt::default();
    prompt.text = text.to_owned();
    prompt
}

#[test]
fn prompts_are_counted_and_encoded() {
    let admission = admit(Path::new("test-models/tiny-llama"));
    let tokenizer = admission.tokenizer().unwrap();
    let facts = admission.judgement().facts.folder.as_ref().unwrap().tokenizer.clone().unwrap();
    for (text, id) in facts.named.iter().filter_map(|(text, id)| Some((text, (*id)?))) {
        let ids: Vec<_> = tokenizer.encode(&prompt(text)).unwrap().into_iter().map(u64::from).collect();
        assert_eq!(ids, [id], "{text}");
    }
    assert_eq!(tokenizer.count(&prompt("")).unwrap(), 0);
    let ids = tokenizer.encode_text("hello").unwrap();
    assert_eq!(tokenizer.decode(&ids).unwrap().trim(), "hello");
}

#[test]
fn the_callers_words_are_plain_text() {
    let tokenizer = admit(Path::new("test-models/tiny-llama")).tokenizer().unwrap();
    let mut marked = prompt("</s>");
    let control = tokenizer.encode(&marked).unwrap();
    marked.user_tokens = std::iter::once(0..4).collect();
    assert_ne!(tokenizer.encode(&marked).unwrap(), control);
}

#[test]
fn a_rendered_conversation_is_counted() {
    let admission = admit(Path::new("test-models/tiny-llama"));
    let tokenizer = admission.tokenizer().unwrap();
    let template = admission.chat_template().unwrap();
    let conversation = Conversation::parse(br#"{"messages":[{"role":"user","content":"hello"}]}"#).unwrap();
    let prompt = template.render(&conversation).unwrap();
    assert_eq!(tokenizer.count(&prompt).unwrap(), tokenizer.encode(&prompt).unwrap().len());
    assert!(tokenizer.count(&prompt).unwrap() > 4);
}

/// The file may be another one by the time that it is asked for.
#[test]
fn a_tokenizer_that_is_another_one_is_refused() {
    let home = tempfile::tempdir().unwrap();
    for entry in fs::read_dir("test-models/tiny-llama").unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), home.path().join(entry.file_name())).unwrap();
    }
    let admission = admit(home.path());
    let path = home.path().join("tokenizer.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"</s>\"", "\"<end>\"")).unwrap();
    assert!(matches!(admission.tokenizer(), Err(Error::NoTokenizer { .. })));
    fs::write(&path, "{}").unwrap();
    assert!(matches!(admission.tokenizer(), Err(Error::NoTokenizer { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(admission.tokenizer(), Err(Error::Io { .. })));
}
