//! What rendering gives.

use std::ops::Range;

/// A rendered conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prompt {
    /// The text to tokenize, without adding special tokens.
    pub text: String,
    /// What the assistant has generated (`{% generation %}` blocks), as ranges of code points of the text.
    pub generation: Vec<Range<usize>>,
    /// Control tokens that came from the caller's data, as ranges of code points of the text: each is to be tokenized as
    /// plain text. Filled only where the conversation names its control tokens.
    pub user_tokens: Vec<Range<usize>>,
    /// Places, in code points, at which the text must be split before it is tokenized: a template cut a control token of the
    /// caller's data apart there, and its halves must not join with what stands beside them.
    pub breaks: Vec<usize>,
}
