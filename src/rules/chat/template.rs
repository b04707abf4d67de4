//! The chat template must compile, keep to itself, and take ordinary conversations.

use super::surroundings::{Around, is_made_for_tools};
use crate::chat::{self, TemplateFact};
use crate::derive::folder::tokens;
use crate::diagnostic::{Diagnostic, Findings, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The chat template is not a Jinja template: the first chat request fails.
    BROKEN = ("CHAT101", "template-broken", Error, "mend the template at the line and column given, or take the one of the source repository");
    /// The chat template reaches for Python's internals (`__class__` and the like). A sandbox refuses that; an engine
    /// without one runs a stranger's code.
    OUTSIDE = ("CHAT102", "template-reaches-outside", Error, "do not use this template: take the one of the source repository, and look into where this one came from");
    /// The chat template refuses an ordinary conversation of one or two turns. Some templates do so on purpose: for
    /// translation, for retrieval with documents.
    REFUSES = ("CHAT103", "template-refuses-conversation", Warning, "send what the template asks for, or give the engine another template");
    /// The prompt is the same with and without the header of the answer: the model may go on with the user's message.
    /// Templates whose user's turn itself ends where the answer begins (`[/INST]`) are right to do so.
    NO_PROMPT = ("CHAT104", "template-without-generation-prompt", Note, "use a template that heeds add_generation_prompt");
    /// The chat template uses something of Jinja that modelgate does not render. Engines with a whole Jinja may.
    UNSUPPORTED = ("CHAT105", "template-not-rendered-here", Note, "see COMPATIBILITY.md for what is not rendered here");
    /// The chat template leaves the system message out, without an error: instructions are lost in silence.
    NO_SYSTEM = ("CHAT106", "template-ignores-system", Note, "put the instructions into the first user message");
    /// The chat template does not show tools, and the model's tokens or tags speak of tools: requests with tools are
    /// answered as if there were none.
    NO_TOOLS = ("CHAT107", "template-ignores-tools", Note, "take the template of the source repository that shows tools, or send none");
    /// A conversation with an answer in it shows none of the tokens that end generation: the model was shown no end
    /// by this template, and may not stop.
    NO_END = ("CHAT108", "template-without-end-of-turn", Note, "name the token that ends the template's turns as an end token, or take the template of the source repository");
    /// The chat template writes what looks like a special token and is none of this tokenizer: the model reads it as
    /// several pieces of ordinary text.
    UNKNOWN_TOKEN = ("CHAT109", "template-unknown-token", Note, "take tokenizer and chat template from one source");
    /// The chat template and the tokenizer both begin the prompt. Two beginnings in a row make answers worse. Engines
    /// that render the template themselves leave one out; a worker that tokenizes a rendered prompt must.
    DOUBLED_START = ("CHAT110", "template-doubles-start", Note, "tokenize rendered prompts without adding special tokens");
    /// The chat template refuses a conversation of a kind that many clients send: with a system message, with tools,
    /// with arguments as JSON text, with null content. Many templates do so on purpose.
    REFUSES_SOME = ("CHAT111", "template-refuses-kind", Note, "do not send conversations of this kind, or give the engine another template");
}

/// The chat template must be usable.
pub static TEMPLATE: Rule = Rule { name: "chat-template-usable", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(template) = case.template() else { return };
    let origin = case.derived.origin("tokenizer.chat_template");
    let around = Around::of(case);
    let is_token = |text: &str| is_token(case, text);
    let facts = chat::review(template, &around.surroundings(Some(&is_token)));
    let tools = is_made_for_tools(case);
    let told = plain(&facts).filter(|fact| tools || **fact != TemplateFact::IgnoresTools);
    let found = told.filter_map(finding);
    findings.diagnostics.extend(found.map(|finding| finding.at(origin.clone())));
}

/// Whether a text is one token, as far as the vocabulary has been asked for it.
fn is_token(case: &Case<'_>, text: &str) -> bool {
    if let Some(folder) = case.facts.folder.as_ref().filter(|folder| folder.tokenizer.is_some()) {
        return tokens::id(folder, text).is_some();
    }
    let written = case.facts.gguf.as_ref().map(|gguf| gguf.vocabulary.written.as_slice()).unwrap_or_default();
    written.iter().find(|(known, _)| known == text).is_none_or(|(_, one)| *one)
}

/// Facts without those that follow from others: a template that refuses plain turns refuses all others, and one that
/// leaves tools out need not take their calls.
fn plain(facts: &[TemplateFact]) -> impl Iterator<Item = &TemplateFact> {
    let refuses = facts.iter().position(|fact| matches!(fact, TemplateFact::Raises("one turn" | "two turns", _)));
    let no_tools = facts.contains(&TemplateFact::IgnoresTools);
    let of_tools = |name: &str| name.contains("tool") || name == "null content";
    facts.iter().enumerate().filter_map(move |(at, fact)| match fact {
        TemplateFact::Raises(..) if refuses.is_some_and(|first| first != at) => None,
        TemplateFact::Raises(name, _) if no_tools && of_tools(name) => None,
        _ => Some(fact),
    })
}

/// The finding of a fact; what is not rendered here has one of its own.
fn finding(fact: &TemplateFact) -> Option<Diagnostic> {
    Some(match fact {
        TemplateFact::NotCompiled(error) if error.class == chat::ErrorClass::Unsupported => {
            Diagnostic::new(&UNSUPPORTED, error.to_string())
        }
        TemplateFact::NotCompiled(error) => Diagnostic::new(&BROKEN, error.to_string()),
        TemplateFact::ReachesOutside(line, expression) => {
            Diagnostic::new(&OUTSIDE, format!("line {line} of the chat template reaches outside: {expression}"))
        }
        TemplateFact::Raises(_, error) if error.class == chat::ErrorClass::Unsupported => return None,
        TemplateFact::Raises(name @ ("one turn" | "two turns"), error) => {
            Diagnostic::new(&REFUSES, format!("a conversation of {name} is refused: {error}"))
        }
        TemplateFact::Raises(name, error) => {
            Diagnostic::new(&REFUSES_SOME, format!("a conversation with {name} is refused: {error}"))
        }
        TemplateFact::IgnoresGenerationPrompt => Diagnostic::new(
            &NO_PROMPT,
            "the chat template writes the same prompt whether or not an answer is to follow",
        ),
        TemplateFact::Unsupported(what, line) => {
            Diagnostic::new(&UNSUPPORTED, format!("line {line} of the chat template uses {what}"))
        }
        TemplateFact::IgnoresSystem => Diagnostic::new(&NO_SYSTEM, "the chat template leaves the system message out"),
        TemplateFact::IgnoresTools => Diagnostic::new(&NO_TOOLS, "the chat template leaves tools out"),
        TemplateFact::NoEnd(ends) => {
            let message = format!("no turn of the chat template ends in {}", ends.join(" or "));
            Diagnostic::new(&NO_END, message).expected(ends.join(" or "))
        }
        TemplateFact::DoubledStart(token) => {
            let message = format!("the chat template begins with {token}, and the tokenizer puts it in front as well");
            Diagnostic::new(&DOUBLED_START, message).found(token.as_str())
        }
        TemplateFact::UnknownToken(token) => {
            let message = format!("the chat template writes {token}, which is no token of the tokenizer");
            Diagnostic::new(&UNKNOWN_TOKEN, message).found(token.as_str())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{ChatTemplate, Surroundings};

    fn codes(source: &str) -> Vec<&'static str> {
        let facts = chat::review(&ChatTemplate::from_text(source), &Surroundings::default());
        plain(&facts).filter_map(finding).map(|finding| finding.cause.code.0).collect()
    }

    #[test]
    fn each_fault_has_its_code() {
        let sound = "{{ tools }}{% for m in messages %}{{ m.content }}{% endfor %}{{ add_generation_prompt }}";
        assert_eq!(codes(sound), [""; 0]);
        assert_eq!(codes("{% for m in messages %}"), ["CHAT101"]);
        assert_eq!(codes(&format!("{{{{ ''.__class__ }}}}{sound}")), ["CHAT102"]);
        assert_eq!(codes("{{ raise_exception('no') }}"), ["CHAT103"]);
        assert_eq!(codes("{% for m in messages %}{{ m.content }}{% endfor %}"), ["CHAT107", "CHAT104"]);
        assert_eq!(codes(&format!("{{{{ ''|urlize }}}}{sound}")), ["CHAT105"]);
    }
}
