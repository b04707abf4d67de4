//! Why an index could not be read.

use crate::diagnostic::cause;

cause! {
    /// The index of a sharded model is JSON, but not an object whose `weight_map` is an object of strings: no loader
    /// finds the shards without it.
    pub(super) MALFORMED = ("JSON003", "index-malformed", Error, "fetch the index again, or save the sharded model again");
    /// The index names more tensors than this gate's own limit.
    pub(super) LIMIT = ("JSON004", "index-limit", Error, "if the index is genuine, raise the limit that the message names");
}
