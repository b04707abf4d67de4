//! Why a tokenizer could not be read.

use crate::diagnostic::cause;

cause! {
    /// `tokenizer.json` is JSON, but not an object.
    pub(super) MALFORMED = ("TOKN001", "tokenizer-malformed", Error, "fetch tokenizer.json again from the model's source");
    /// The tokenizer names more added tokens than this gate's own limit.
    pub(super) LIMIT = ("TOKN002", "tokenizer-limit", Error, "if the tokenizer is genuine, raise the limit that the message names");
}
