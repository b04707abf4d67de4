//! Why an archive could not be listed.

use crate::diagnostic::cause;

cause! {
    /// The archive's end record is missing: the file is cut, or was never finished.
    pub(super) TRUNCATED = ("PICK001", "zip-truncated", Error, "the file is incomplete (truncated-data): fetch it again and compare its size with the source's");
    /// The archive's directory points outside the file or counts what is not there.
    pub(super) DIRECTORY = ("PICK002", "zip-directory", Error, "the archive is damaged or crafted: fetch it again from a source that you trust");
    /// The directory and the members' own headers name different things: scanners and loaders would see different files.
    pub(super) DISAGREES = ("PICK003", "zip-headers-disagree", Error, "do not load this file: its directory was tampered with");
}
