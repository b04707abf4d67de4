//! Why a pickle could not be read.

use crate::diagnostic::cause;

cause! {
    /// The pickle ends before its stop mark, or in the middle of an operation.
    pub(super) SHORT = ("PICK004", "pickle-truncated", Error, "the file is incomplete (truncated-data): fetch it again and compare its size with the source's");
    /// The pickle holds an operation that does not exist, or one that takes more from the stack than is there.
    pub(super) MALFORMED = ("PICK005", "pickle-malformed", Error, "the file is damaged or crafted to confuse scanners: do not load it");
    /// The pickle is longer or deeper than this gate's own limit.
    pub(super) LIMIT = ("PICK006", "pickle-limit", Error, "convert the model to safetensors in a sandbox");
}
