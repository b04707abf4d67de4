//! What the router's templates lack of Jinja 3.1: minijinja with the features `json` and `loop_controls`, pycompat's
//! methods, and the blocks left untrimmed (`router/src/infer/chat_template.rs`).

use crate::chat::Dialect;
use crate::diagnostic::{Findings, cause};
use crate::engine::minijinja;
use crate::rules::chat::dialect::{Causes, check};
use crate::rules::{Case, Rule};

cause! {
    /// The chat template does not get through minijinja, though it is sound Jinja: the router stops at start.
    NOT_READ = ("TGIN105", "tgi-template-not-read", Warning, "give TGI another template with --tokenizer-config-path");
    /// The chat template uses what minijinja has not: requests that come to it fail.
    LACKING = ("TGIN106", "tgi-template-construct-lacking", Warning, "give TGI another template with --tokenizer-config-path");
    /// TGI renders another text here than transformers: minijinja writes JSON without blanks and escapes some characters
    /// of it, and TGI does not trim the lines that hold a tag alone.
    OTHER_TEXT = ("TGIN107", "tgi-template-other-text", Note, "render prompts beside TGI and send them as text, if the model must see what it was trained on");
}

/// The engine's Jinja has what the template uses.
pub static RULE: Rule = Rule {
    name: "tgi-dialect",
    causes: CAUSES,
    check: |case: &Case<'_>, findings: &mut Findings| {
        let causes = Causes { not_compiled: &NOT_READ, fails: &LACKING, other_text: &OTHER_TEXT };
        check(case, "TGI's minijinja", &DIALECT, causes, findings);
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
    removed: &[],
    tags: &["generation", "print"],
    tests: minijinja::TESTS,
    tojson: &["ensure_ascii", "separators", "sort_keys"],
    untrimmed: true,
};
