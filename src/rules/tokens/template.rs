//! A chat template must be there, and one of several be the default.

use crate::derive::folder::tokens;
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::facts::ModelFormat;
use crate::facts::gguf::GgufFacts;
use crate::rules::bundle::folder;
use crate::rules::{Case, Rule};

cause! {
    /// The folder names several chat templates and none of them `default`: the first chat request fails. A folder of
    /// additional templates without `chat_template.jinja` replaces the tokenizer's own as well.
    NO_DEFAULT = ("TOKN108", "no-default-template", Error, "name one of the templates default, or put it into chat_template.jinja");
    /// The model has no chat template: chat requests fail unless the engine is given one. Base models have none.
    NONE = ("TOKN109", "no-chat-template", Note, "give the engine a chat template, or use the model for completion only");
}

/// The chat template must be there.
pub static TEMPLATE: Rule = Rule { name: "chat-template-there", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    match case.facts.gguf.as_ref().filter(|_| case.accepts.formats.contains(&ModelFormat::Gguf)) {
        Some(gguf) => in_gguf(case, gguf, findings),
        None => in_folder(case, findings),
    }
}

/// A single file holds its template; of a split set the first part does, which is not told apart here.
fn in_gguf(case: &Case<'_>, gguf: &GgufFacts, findings: &mut Findings) {
    let config = case.derived.config.as_ref().and_then(|config| config.as_llm());
    if config.is_some_and(|config| config.tokenizer.chat_template.is_none()) && !gguf.is_split() {
        let origin = Origin::file(&gguf.file).key("tokenizer.chat_template");
        findings.push(Diagnostic::new(&NONE, "the model has no chat template").at(origin));
    }
}

fn in_folder(case: &Case<'_>, findings: &mut Findings) {
    let Some(folder) = folder(case).filter(|_| case.derived.model_type().is_some() && case.derived.folder.is_some())
    else {
        return;
    };
    if tokens::chat_template(folder).is_some() {
        return;
    }
    let names = tokens::chat_template_names(folder);
    let apart = !folder.chat_templates.is_empty();
    let origin = Origin::file(if apart { "additional_chat_templates" } else { "tokenizer_config.json" });
    match names.as_slice() {
        [] => findings.push(Diagnostic::new(&NONE, "the model has no chat template").at(origin)),
        names => {
            let names = names.join(", ");
            let message = format!("the chat templates are {names}, and none of them is default");
            findings.push(Diagnostic::new(&NO_DEFAULT, message).expected("default").found(names).at(origin));
        }
    }
}
