//! Why a safetensors header could not be read.

use crate::diagnostic::cause;

cause! {
    /// The file is shorter than its eight length bytes, or than the header that they announce.
    pub(super) SHORT = ("SAFE001", "header-cut", Error, "the file is incomplete: fetch it again and compare its size with the source's");
    /// The announced header length exceeds the format's bound of 100 MB, or is zero.
    pub(super) LENGTH = ("SAFE002", "header-length", Error, "this is not a safetensors file, or its first eight bytes are damaged: fetch it again");
    /// The header is not the JSON object that the format wants.
    pub(super) HEADER = ("SAFE003", "header-malformed", Error, "the header is damaged: fetch the file again or convert the model again");
    /// A tensor's element type is not one of the format's.
    pub(super) DTYPE = ("SAFE004", "unknown-dtype", Error, "update the engine if the type is newer than it, or convert the tensor");
    /// A tensor's byte range does not match its shape and type, or ends before it begins.
    pub(super) RANGE = ("SAFE005", "dtype-size-mismatch", Error, "the header lies about the data: convert the model again");
    /// Tensors overlap, or there is a gap between them.
    pub(super) LAYOUT = ("SAFE006", "overlapping-offsets", Error, "convert the model again: tensor data must fill the file without gap or overlap");
    /// The file is shorter than the header says.
    pub(super) TRUNCATED = ("SAFE007", "truncated-data", Error, "the file is incomplete: fetch it again and compare its size with the source's");
    /// The file is longer than the header says.
    pub(super) TRAILING = ("SAFE008", "bytes-behind-data", Error, "the file was appended to or its header is damaged: fetch it again");
    /// The header names more tensors than this gate's own limit.
    pub(super) LIMIT = ("SAFE009", "header-limit", Error, "if the file is genuine, raise the limit that the message names");
}
