//! What the targets share: verdicts over files in memory, and a second GGUF reader.

pub mod gguf;

use modelgate::diagnostic::Severity;
use modelgate::engine::PROFILES;
use modelgate::{Gate, report};
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A folder of this process's own, in memory where there is such a place.
pub fn home() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let root = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let home = root.join(format!("modelgate-fuzz-{}", std::process::id()));
    fs::create_dir_all(&home).unwrap();
    home
}

/// Writes a file whose tail, up to `size` bytes, is a hole.
pub fn write(path: &Path, bytes: &[u8], size: u64) {
    fs::write(path, bytes).unwrap();
    File::options().write(true).open(path).unwrap().set_len(size.min(1 << 30)).unwrap();
}

/// How many bytes of data a safetensors header describes.
pub fn data_bytes(header: &[u8]) -> u64 {
    let Ok(Value::Object(tensors)) = serde_json::from_slice(header) else { return 0 };
    let ends = tensors.values().filter_map(|tensor| tensor["data_offsets"][1].as_u64());
    ends.max().unwrap_or_default().min(1 << 29)
}

/// Judges for every engine, writes the reports, and holds the promises of every verdict.
pub fn judge(path: &Path) {
    for profile in PROFILES {
        let Ok(verdict) = Gate::with_profile(profile).check(path) else { continue };
        let findings = &verdict.judgement().findings;
        let fatal = findings.iter().any(|finding| finding.severity == Severity::Error);
        assert_eq!(verdict.is_accepted(), !fatal, "the verdict does not follow from {findings:?}");
        assert!(findings.iter().all(|finding| !finding.message.is_empty()), "a finding without words");
        assert!(!report::check_json(&verdict).to_string().is_empty());
        assert!(!report::check_text(&verdict).is_empty());
    }
    let _ = modelgate::inspect::inspect(path, &modelgate::Limits::default());
}
