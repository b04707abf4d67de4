//! What minijinja 2 with its compatibility for Python lacks of Jinja 3.1, found by running 2.14 with the features that
//! its engines switch on. What an engine adds or takes away stands in its own folder.

use crate::chat::{Construct, Outcome};

/// Constructs.
pub(super) static CONSTRUCTS: &[(Construct, Outcome)] = &[
    (Construct::AssignedLoop, Outcome::NotCompiled),
    (Construct::BareTuple, Outcome::NotCompiled),
    (Construct::CalledFilter, Outcome::NotCompiled),
    (Construct::ConditionalArgument, Outcome::NotCompiled),
    (Construct::IntegerAttribute, Outcome::NotCompiled),
    (Construct::Json, Outcome::OtherText),
    (Construct::MaximumAttribute, Outcome::Fails),
    (Construct::NonAsciiName, Outcome::NotCompiled),
    (Construct::PercentFormat, Outcome::Fails),
    (Construct::ReplaceFilterCount, Outcome::Fails),
    (Construct::SplitKeyword, Outcome::Fails),
    (Construct::SumAttribute, Outcome::Fails),
    (Construct::TagColon, Outcome::NotCompiled),
    (Construct::UnaryPlus, Outcome::NotCompiled),
    (Construct::VariableArguments, Outcome::Fails),
];

/// What may follow a backslash.
pub(super) static ESCAPES: &str = "\\'\"/0bfnrtux";

/// Filters.
pub(super) static FILTERS: &[&str] = &[
    "center",
    "filesizeformat",
    "forceescape",
    "random",
    "striptags",
    "truncate",
    "urlencode",
    "urlize",
    "wordcount",
    "wordwrap",
    "xmlattr",
];

/// Functions.
pub(super) static FUNCTIONS: &[&str] = &["cycler", "joiner", "lipsum"];

/// Methods.
pub(super) static METHODS: &[&str] = &[
    "bit_length",
    "casefold",
    "center",
    "copy",
    "encode",
    "expandtabs",
    "format_map",
    "index",
    "is_integer",
    "isdecimal",
    "isidentifier",
    "isprintable",
    "istitle",
    "ljust",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "swapcase",
    "translate",
    "zfill",
];

/// Tests.
pub(super) static TESTS: &[&str] = &["callable"];
