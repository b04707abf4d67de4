//! Why a GGUF header could not be read, in the engine's order.

use crate::diagnostic::cause;

cause! {
    /// The file does not begin with the four bytes `GGUF`.
    pub(super) MAGIC = ("GGUF001", "bad-magic", Error, "this is not a GGUF file: fetch the model again, or give the file that the engine expects");
    /// The file's version is not one that llama.cpp reads (2 and 3). Version 0, version 1 and byte-swapped files are refused.
    pub(super) VERSION = ("GGUF002", "unsupported-version", Error, "convert the model again with a current converter, on a little-endian machine");
    /// The file ends before the header does.
    pub(super) SHORT = ("GGUF003", "header-truncated", Error, "the file is incomplete (header-cut): fetch it again and compare its size with the source's");
    /// A count or a length in the header cannot be true: negative, beyond the engine's bound, or beyond the file's end.
    pub(super) COUNT = ("GGUF004", "impossible-count", Error, "the header is damaged or crafted: fetch the file again from a source that you trust");
    /// A metadata key is empty or stands twice.
    pub(super) KEY = ("GGUF005", "bad-key", Error, "convert the model again: llama.cpp refuses empty and repeated keys");
    /// A value's type is not one of GGUF's thirteen, or an array holds arrays.
    pub(super) VALUE_TYPE = ("GGUF006", "bad-value-type", Error, "convert the model again: the key's value type is unknown to llama.cpp");
    /// `general.alignment` is not a power of two of type u32.
    pub(super) ALIGNMENT = ("GGUF007", "bad-alignment", Error, "set general.alignment to a power of two (32) as u32");
    /// A tensor's name is too long or stands twice.
    pub(super) TENSOR_NAME = ("GGUF008", "bad-tensor-name", Error, "convert the model again: names are unique and shorter than 64 bytes");
    /// A tensor has more than four dimensions, a negative one, or more elements than 64 bits count.
    pub(super) TENSOR_SHAPE = ("GGUF009", "bad-tensor-shape", Error, "convert the model again: the tensor's shape is impossible");
    /// A tensor's element type is unknown or was removed, or its rows do not fill whole blocks.
    pub(super) TENSOR_TYPE = ("GGUF010", "bad-tensor-type", Error, "update the engine if the type is newer than it, or quantize the model again");
    /// A tensor does not begin where the one before it ends: there is a gap or an overlap, or the order was changed.
    pub(super) OFFSET = ("GGUF011", "bad-tensor-offset", Error, "write the file again with a GGUF writer: tensor data must follow one another, padded to the alignment");
    /// The header names more keys or tensors than this gate's own limit.
    pub(super) LIMIT = ("GGUF012", "header-limit", Error, "if the file is genuine, raise the limit that the message names");
}
