//! What an engine's own dialect of Jinja lacks, and where a template uses it.

use super::template::ChatTemplate;
use std::fmt;

/// What the Jinja of an engine that has its own lacks of Jinja 3.1, as far as chat templates can need it.
///
/// Only what fails, or prints other text, whatever the values are: what hangs on the values is not in it.
#[derive(Debug)]
pub struct Dialect {
    /// Constructs, and what comes of each.
    pub constructs: &'static [(Construct, Outcome)],
    /// The characters that may follow a backslash in a string literal, beside digits where `'0'` is among them.
    pub escapes: &'static str,
    /// Filters, by name.
    pub filters: &'static [&'static str],
    /// Functions, by name.
    pub functions: &'static [&'static str],
    /// Attributes of `loop`.
    pub loop_attributes: &'static [(&'static str, Outcome)],
    /// Methods of Python's types.
    pub methods: &'static [&'static str],
    /// Tags that the engine takes out of the text before it reads it, as they must be written for that.
    pub removed: &'static [&'static str],
    /// Tags, by name: the template is not compiled.
    pub tags: &'static [&'static str],
    /// Tests, by name.
    pub tests: &'static [&'static str],
    /// Named arguments of `tojson`.
    pub tojson: &'static [&'static str],
    /// Whether the newline behind a tag and the blanks before it stay in the text.
    pub untrimmed: bool,
}

/// What an engine makes of a construct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The template is not compiled.
    NotCompiled,
    /// Rendering fails where it is reached.
    Fails,
    /// Another text is rendered.
    OtherText,
}

/// A construct that one template language has and another may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Construct {
    /// `{% set loop = 1 %}`
    AssignedLoop,
    /// `x is divisibleby 2`
    BareTestArgument,
    /// `{% for x in 1, 2 %}`
    BareTuple,
    /// `{% call things.one() %}`
    CalledAttribute,
    /// `x|attr('upper')()`
    CalledFilter,
    /// `1 < x < 3`
    ChainedComparison,
    /// `f(x=1 if y else 2)`
    ConditionalArgument,
    /// `f(**x)`
    DoubleStar,
    /// `7 // 2`
    FloorDivision,
    /// `'%s'|format(x)`
    FormatFilter,
    /// `'{:>4}'.format(x)`
    FormatSpecification,
    /// `x.0`
    IntegerAttribute,
    /// `x|tojson`
    Json,
    /// `x or -1`
    KeywordSign,
    /// `12345678901234567890`
    LargeInteger,
    /// `[1] * 3`
    ListRepetition,
    /// `x|map('upper')`
    MappedFilter,
    /// `x|max(attribute='a')`
    MaximumAttribute,
    /// `namespace({'a': 1})`
    NamespaceArgument,
    /// `{% for a, (b, c) in x %}`
    NestedTarget,
    /// `é`
    NonAsciiName,
    /// `1e3`, `1_000`, `0x10`
    NumberForm,
    /// `'%s' % x`
    PercentFormat,
    /// `2 ** 3`
    Power,
    /// `{% for x in y recursive %}`
    RecursiveLoop,
    /// `x.replace('a', 'b', 1)`
    ReplaceCount,
    /// `x|replace('a', 'b', 1)`
    ReplaceFilterCount,
    /// `x|selectattr('a', 'defined')`
    SelectAttributeTest,
    /// `x|select('odd')`
    SelectTest,
    /// `{% set x|upper %}`
    SetFilter,
    /// `{%+ if x %}`
    SignedTag,
    /// `x|tojson(sort_keys=true)`
    SortedKeys,
    /// `x.split(sep=',')`
    SplitKeyword,
    /// `f(*x)`
    Star,
    /// `x|sum(attribute='a')`
    SumAttribute,
    /// `{% if x: %}`
    TagColon,
    /// `(1,)`
    TrailingComma,
    /// `{% filter trim|upper %}`
    TwoBlockFilters,
    /// `+1`
    UnaryPlus,
    /// `varargs`, `kwargs`
    VariableArguments,
}

impl fmt::Display for Construct {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AssignedLoop => "a variable named loop or self",
            Self::BareTestArgument => "a test's argument without parentheses",
            Self::BareTuple => "a tuple without parentheses",
            Self::CalledAttribute => "a call block of an attribute",
            Self::CalledFilter => "the call of a filter's result",
            Self::ChainedComparison => "a chained comparison",
            Self::ConditionalArgument => "a conditional as a named argument",
            Self::DoubleStar => "arguments from a mapping (**)",
            Self::FloorDivision => "the operator //",
            Self::FormatFilter => "the filter format",
            Self::FormatSpecification => "a format with more than {}",
            Self::IntegerAttribute => "a number after a dot",
            Self::Json => "the filter tojson",
            Self::KeywordSign => "a sign after a keyword",
            Self::LargeInteger => "an integer of more than 64 bits",
            Self::ListRepetition => "the repetition of a list",
            Self::MappedFilter => "the filter map with a filter's name",
            Self::MaximumAttribute => "the filter max or min with an attribute",
            Self::NamespaceArgument => "namespace with an argument that has no name",
            Self::NestedTarget => "a target within a target",
            Self::NonAsciiName => "a name with letters that are not ASCII",
            Self::NumberForm => "a number with an exponent, an underscore or a base",
            Self::PercentFormat => "formatting by %",
            Self::Power => "the operator **",
            Self::RecursiveLoop => "a recursive loop",
            Self::ReplaceCount => "the method replace with a count",
            Self::ReplaceFilterCount => "the filter replace with a count",
            Self::SelectAttributeTest => "the filter selectattr or rejectattr with a test that has no argument",
            Self::SelectTest => "the filter select or reject with a test that has no argument",
            Self::SetFilter => "a filter on a set block",
            Self::SignedTag => "a tag with a plus sign",
            Self::SortedKeys => "the filter tojson with sorted keys",
            Self::SplitKeyword => "the method split with a named argument",
            Self::Star => "arguments from a sequence (*)",
            Self::SumAttribute => "the filter sum with an attribute",
            Self::TagColon => "a colon at the end of a tag",
            Self::TrailingComma => "a tuple that ends in a comma or is empty",
            Self::TwoBlockFilters => "two filters on a block",
            Self::UnaryPlus => "a plus sign before a value",
            Self::VariableArguments => "varargs or kwargs of a macro",
        })
    }
}

/// The use of something that a dialect lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// What: `the filter urlencode`.
    pub what: String,
    /// What the engine makes of it.
    pub outcome: Outcome,
    /// The line of its first use, from 1.
    pub line: usize,
    /// The column there, from 1, in characters.
    pub column: usize,
    /// How often it is used.
    pub uses: usize,
}

/// What a template uses that `dialect` lacks: worst first, each thing once a template. Empty where the template does not compile
/// here either.
pub fn lacks(template: &ChatTemplate, dialect: &Dialect) -> Vec<Lack> {
    let mut lacks: Vec<Lack> = template.programs().flat_map(|program| program.lacks(dialect)).collect();
    lacks.sort_by_key(|lack| lack.outcome);
    lacks
}
