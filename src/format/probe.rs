//! What a file is, by its first bytes and never by its name.

use serde::Serialize;

/// What a file's first bytes say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// No bytes at all.
    Empty,
    /// `GGUF` magic.
    Gguf,
    /// A git-LFS pointer in place of the file it points to.
    GitLfsPointer,
    /// A web page in place of a download.
    Html,
    /// A JSON document: an object or a list.
    Json,
    /// A bare pickle stream.
    Pickle,
    /// A safetensors header: a plausible length, then `{`.
    Safetensors,
    /// A 7z archive.
    SevenZip,
    /// None of these.
    Unknown,
    /// A zip archive: a torch checkpoint as a rule.
    Zip,
}

/// How many leading bytes [`probe`] looks at, at most.
pub const PROBE_BYTES: usize = 512;

/// Tells what the file is that begins with `head`.
pub fn probe(head: &[u8]) -> Container {
    let text = trim_start(head);
    match head {
        [] => Container::Empty,
        [b'G', b'G', b'U', b'F', ..] => Container::Gguf,
        [b'P', b'K', 3, 4, ..] => Container::Zip,
        [b'7', b'z', 0xBC, 0xAF, ..] => Container::SevenZip,
        // Before the pickle: a header of 640 bytes begins with 0x80 0x02 as well, and no pickle goes on like this.
        [_, _, _, _, _, _, 0, 0, b'{', ..] => Container::Safetensors,
        [0x80, 2..=5, ..] => Container::Pickle,
        _ if text.starts_with(b"version https://git-lfs") => Container::GitLfsPointer,
        _ if is_html(text) => Container::Html,
        _ if matches!(text.first(), Some(b'{' | b'[')) => Container::Json,
        // An impossible length before a header is a damaged safetensors file, and its reader says so.
        [_, _, _, _, _, _, _, _, b'{', b'"' | b'}', ..] => Container::Safetensors,
        _ => Container::Unknown,
    }
}

fn trim_start(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.trim_ascii_start()
}

fn is_html(text: &[u8]) -> bool {
    let head: Vec<u8> = text.iter().take(14).map(u8::to_ascii_lowercase).collect();
    head.starts_with(b"<!doctype html") || head.starts_with(b"<html") || head.starts_with(b"<head")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let cases: [(&[u8], Container); 10] = [
            (b"", Container::Empty),
            (b"GGUF\x03\0\0\0", Container::Gguf),
            (b"\x10\0\0\0\0\0\0\0{\"a\":", Container::Safetensors),
            (b"\x80\x02\0\0\0\0\0\0{\"a\":", Container::Safetensors),
            (b"PK\x03\x04...", Container::Zip),
            (b"\x80\x02}q", Container::Pickle),
            (b"version https://git-lfs.github.com/spec/v1\n", Container::GitLfsPointer),
            (b"\n<!DOCTYPE html><html>", Container::Html),
            (b"{\"error\":\"not found\"}", Container::Json),
            (b"hello", Container::Unknown),
        ];
        for (head, container) in cases {
            assert_eq!(probe(head), container, "{head:?}");
        }
    }
}
