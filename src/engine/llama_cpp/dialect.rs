//! What `common/jinja` of llama.cpp lacks of Jinja 3.1, found by running it and by reading it (v0.5.0).

use crate::chat::{Construct, Dialect, Outcome};
use crate::diagnostic::{Findings, cause};
use crate::rules::chat::dialect::{Causes, check};
use crate::rules::{Case, Rule};

cause! {
    /// The chat template does not get through llama.cpp's own reader of Jinja, though it is sound: llama-server stops at
    /// start, also with `--no-jinja` unless it is given another template. Workers that only use the library, or that
    /// render the template themselves, can load the model.
    NOT_READ = ("LCPP170", "template-not-read", Warning, "start llama-server with --jinja --chat-template-file and a template that does without, or with --no-jinja --chat-template and the name of a built-in one");
    /// The chat template uses what llama.cpp's own Jinja has not: requests that come to it fail.
    LACKING = ("LCPP171", "template-construct-lacking", Warning, "give llama-server another template with --chat-template-file, or write the construct in another way");
    /// llama.cpp's own Jinja renders another text than Jinja here.
    OTHER_TEXT = ("LCPP172", "template-other-text", Note, "give llama-server another template with --chat-template-file, or write the construct in another way");
}

/// The engine's Jinja has what the template uses.
pub static RULE: Rule = Rule {
    name: "llama-cpp-dialect",
    causes: CAUSES,
    check: |case: &Case<'_>, findings: &mut Findings| {
        let causes = Causes { not_compiled: &NOT_READ, fails: &LACKING, other_text: &OTHER_TEXT };
        check(case, "llama.cpp's Jinja", &DIALECT, causes, findings);
    },
};

/// The dialect of v0.5.0.
pub static DIALECT: Dialect = Dialect {
    constructs: CONSTRUCTS,
    escapes: "\\'\"bfnrtv",
    filters: FILTERS,
    functions: &["cycler", "dict", "joiner", "lipsum"],
    loop_attributes: &[
        ("changed", Outcome::Fails),
        ("cycle", Outcome::Fails),
        ("depth", Outcome::OtherText),
        ("depth0", Outcome::OtherText),
    ],
    methods: METHODS,
    removed: &[],
    tags: &["autoescape", "block", "extends", "from", "import", "include", "print", "raw", "with"],
    tests: &["escaped", "filter", "le", "sameas"],
    tojson: &[],
    untrimmed: false,
};

static CONSTRUCTS: &[(Construct, Outcome)] = &[
    (Construct::BareTestArgument, Outcome::NotCompiled),
    (Construct::BareTuple, Outcome::NotCompiled),
    (Construct::CalledAttribute, Outcome::NotCompiled),
    (Construct::CalledFilter, Outcome::Fails),
    (Construct::ChainedComparison, Outcome::Fails),
    (Construct::DoubleStar, Outcome::NotCompiled),
    (Construct::FloorDivision, Outcome::NotCompiled),
    (Construct::FormatFilter, Outcome::OtherText),
    (Construct::FormatSpecification, Outcome::Fails),
    (Construct::KeywordSign, Outcome::NotCompiled),
    (Construct::LargeInteger, Outcome::NotCompiled),
    (Construct::ListRepetition, Outcome::Fails),
    (Construct::MappedFilter, Outcome::Fails),
    (Construct::MaximumAttribute, Outcome::Fails),
    (Construct::NamespaceArgument, Outcome::Fails),
    (Construct::NestedTarget, Outcome::Fails),
    (Construct::NonAsciiName, Outcome::NotCompiled),
    (Construct::NumberForm, Outcome::NotCompiled),
    (Construct::PercentFormat, Outcome::Fails),
    (Construct::Power, Outcome::NotCompiled),
    (Construct::RecursiveLoop, Outcome::NotCompiled),
    (Construct::ReplaceCount, Outcome::Fails),
    (Construct::ReplaceFilterCount, Outcome::Fails),
    (Construct::SelectAttributeTest, Outcome::Fails),
    (Construct::SelectTest, Outcome::Fails),
    (Construct::SetFilter, Outcome::Fails),
    (Construct::SignedTag, Outcome::NotCompiled),
    (Construct::SortedKeys, Outcome::Fails),
    (Construct::SplitKeyword, Outcome::Fails),
    (Construct::Star, Outcome::Fails),
    (Construct::TagColon, Outcome::NotCompiled),
    (Construct::TrailingComma, Outcome::NotCompiled),
    (Construct::TwoBlockFilters, Outcome::NotCompiled),
    (Construct::VariableArguments, Outcome::OtherText),
];

/// Filters that no value has, or none but the undefined one.
static FILTERS: &[&str] = &[
    "attr",
    "batch",
    "center",
    "e",
    "escape",
    "filesizeformat",
    "forceescape",
    "groupby",
    "pprint",
    "random",
    "round",
    "striptags",
    "sum",
    "truncate",
    "unique",
    "urlencode",
    "urlize",
    "wordcount",
    "wordwrap",
    "xmlattr",
];

static METHODS: &[&str] = &[
    "bit_length",
    "casefold",
    "center",
    "copy",
    "count",
    "encode",
    "expandtabs",
    "find",
    "format_map",
    "index",
    "is_integer",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "splitlines",
    "swapcase",
    "translate",
    "zfill",
];
