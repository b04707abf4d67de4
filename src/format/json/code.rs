//! Why a JSON document could not be read.

use crate::diagnostic::cause;

cause! {
    /// The document is longer or nested deeper than the limits allow.
    pub(crate) LIMIT = ("JSON001", "json-limit", Error, "fetch the file again from its source; if it is genuine, raise the limit that the message names");
    /// The bytes are not a JSON document as Python's `json` module takes it. Python refuses byte-order marks, UTF-16,
    /// comments, trailing commas and invalid UTF-8; it takes bare `Infinity` and `NaN`.
    pub(super) SYNTAX = ("JSON002", "json-syntax", Error, "mend the document at the line and column given, or fetch it again from its source");
}
