//! The chat template must compile, keep to itself, and take ordinary conversations.

use crate::chat::{self, ChatTemplate, Surroundings, TemplateFact};
use crate::config::TokenizerConfig;
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
}

/// The chat template must be usable.
pub static TEMPLATE: Rule = Rule { name: "chat-template-usable", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let config = case.derived.config.as_ref().and_then(|config| config.as_llm());
    let Some(tokenizer) = config.map(|config| &config.tokenizer) else { return };
    let Some(source) = &tokenizer.chat_template else { return };
    let tokens = tokens(tokenizer);
    let around = Surroundings { tokens: &tokens, ..Surroundings::default() };
    for fact in chat::review(&ChatTemplate::from_text(source), &around) {
        if let Some(finding) = finding(&fact) {
            findings.push(finding.at(case.derived.origin("tokenizer.chat_template")));
        }
    }
}

fn tokens(tokenizer: &TokenizerConfig) -> Vec<(String, String)> {
    let named = [
        ("bos_token", &tokenizer.bos_token),
        ("eos_token", &tokenizer.eos_token),
        ("pad_token", &tokenizer.pad_token),
        ("unk_token", &tokenizer.unk_token),
    ];
    named.into_iter().filter_map(|(name, token)| Some((name.to_owned(), token.clone()?))).collect()
}

/// The finding of a fact; some facts are for the worker alone.
fn finding(fact: &TemplateFact) -> Option<Diagnostic> {
    Some(match fact {
        TemplateFact::NotCompiled(error) if error.class == chat::ErrorClass::Unsupported => {
            Diagnostic::new(&UNSUPPORTED, error.to_string())
        }
        TemplateFact::NotCompiled(error) => Diagnostic::new(&BROKEN, error.to_string()),
        TemplateFact::ReachesOutside(line, expression) => {
            Diagnostic::new(&OUTSIDE, format!("line {line} of the chat template reaches outside: {expression}"))
        }
        // What is not rendered here has a finding of its own.
        TemplateFact::Raises(_, error) if error.class == chat::ErrorClass::Unsupported => return None,
        TemplateFact::Raises(name @ ("one turn" | "two turns"), error) => {
            Diagnostic::new(&REFUSES, format!("a conversation of {name} is refused: {error}"))
        }
        TemplateFact::IgnoresGenerationPrompt => Diagnostic::new(
            &NO_PROMPT,
            "the chat template writes the same prompt whether or not an answer is to follow",
        ),
        TemplateFact::Unsupported(what, line) => {
            Diagnostic::new(&UNSUPPORTED, format!("line {line} of the chat template uses {what}"))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(source: &str) -> Vec<&'static str> {
        let facts = chat::review(&ChatTemplate::from_text(source), &Surroundings::default());
        facts.iter().filter_map(finding).map(|finding| finding.cause.code.0).collect()
    }

    #[test]
    fn each_fault_has_its_code() {
        let sound = "{% for m in messages %}{{ m.content }}{% endfor %}{{ add_generation_prompt }}";
        assert_eq!(codes(sound), [""; 0]);
        assert_eq!(codes("{% for m in messages %}"), ["CHAT101"]);
        assert_eq!(codes(&format!("{{{{ ''.__class__ }}}}{sound}")), ["CHAT102"]);
        assert_eq!(codes("{{ raise_exception('no') }}"), ["CHAT103", "CHAT103"]);
        assert_eq!(codes("{% for m in messages %}{{ m.content }}{% endfor %}"), ["CHAT104"]);
        assert_eq!(codes(&format!("{{{{ ''|urlize }}}}{sound}")), ["CHAT105"]);
    }
}
