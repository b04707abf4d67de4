//! Why nothing was fetched.

use crate::error::Error;

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The hub answered, with a refusal.
    #[error("{url}: the hub answered {status} ({}){}", meaning(*status), tail(detail))]
    Status {
        /// What was asked for.
        url: String,
        /// The answer's number.
        status: u16,
        /// The hub's own words, shortened.
        detail: String,
    },
    /// There was no answer: no connection, a broken one, or too slow.
    #[error("{url}: no answer: {detail}")]
    NoAnswer {
        /// What was asked for.
        url: String,
        /// What stood in the way.
        detail: String,
    },
    /// The answer is longer than the caller lets it be.
    #[error("{url}: the answer is longer than {max_bytes} bytes")]
    TooLong {
        /// What was asked for.
        url: String,
        /// The bound.
        max_bytes: u64,
    },
    /// The answer is no JSON: a login page, a proxy's word.
    #[error("{url}: the answer is no JSON: {detail}")]
    NotJson {
        /// What was asked for.
        url: String,
        /// Where it stops being JSON.
        detail: String,
    },
    /// The answer is JSON, and no model's.
    #[error("{0}")]
    Answer(Error),
}

/// What a status means for who asked.
fn meaning(status: u16) -> &'static str {
    match status {
        401 => "it asks for a token, or does not know this model",
        403 => "this token may not see the model: its owner asks for consent first",
        404 => "it does not know this model",
        429 => "too many questions; ask again later",
        500..=599 => "it is not well; ask again later",
        _ => "it refuses",
    }
}

fn tail(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
}
