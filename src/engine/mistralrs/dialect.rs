//! What the chat templates of mistral.rs lack of Jinja 3.1: minijinja without `loop_controls`, pycompat's methods, and
//! the tags of `generation` taken out where they are written in one way (`mistralrs-core` 0.8.1, the last one published).

use crate::chat::Dialect;
use crate::diagnostic::{Findings, cause};
use crate::engine::minijinja;
use crate::rules::chat::dialect::{Causes, check};
use crate::rules::{Case, Rule};

cause! {
    /// The chat template does not get through minijinja, though it is sound Jinja: every chat request fails.
    NOT_READ = ("MSRS103", "mistralrs-template-not-read", Warning, "give mistral.rs another template with --chat-template or --jinja-explicit");
    /// The chat template uses what minijinja has not: requests that come to it fail.
    LACKING = ("MSRS104", "mistralrs-template-construct-lacking", Warning, "give mistral.rs another template with --chat-template or --jinja-explicit");
    /// mistral.rs renders another text here than transformers: it writes JSON without blanks and escapes some characters of it.
    OTHER_TEXT = ("MSRS105", "mistralrs-template-other-text", Note, "render prompts beside mistral.rs and send them as text, if the model must see what it was trained on");
}

/// The engine's Jinja has what the template uses.
pub static RULE: Rule = Rule {
    name: "mistralrs-dialect",
    causes: CAUSES,
    check: |case: &Case<'_>, findings: &mut Findings| {
        let causes = Causes { not_compiled: &NOT_READ, fails: &LACKING, other_text: &OTHER_TEXT };
        check(case, "mistral.rs's minijinja", &DIALECT, causes, findings);
    },
};

/// What the engine lacks.
pub static DIALECT: Dialect = Dialect {
    constructs: minijinja::CONSTRUCTS,
    escapes: minijinja::ESCAPES,
    filters: minijinja::FILTERS,
    functions: minijinja::FUNCTIONS,
    loop_attributes: &[],
    methods: minijinja::METHODS,
    removed: &["{% generation %}", "{% endgeneration %}"],
    tags: &["break", "continue", "generation", "print"],
    tests: minijinja::TESTS,
    tojson: &[],
    untrimmed: false,
};
