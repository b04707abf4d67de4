//! The files of a version.

use super::Listing;
use crate::catalog::answer::{list, number, text, truth};
use serde_json::Value;

/// Types of files that are the model itself, the preferred first.
const MODELS: [&str; 2] = ["Model", "Pruned Model"];

/// The file that is meant: the primary one, else the first that is the model itself, else the first.
pub(super) fn primary(listed: Listing<'_>) -> Option<&Value> {
    let files = list(listed.version, "files");
    let primary = files.iter().find(|file| truth(file, "primary") == Some(true));
    let of_type = |kind: &&str| files.iter().find(|file| text(file, "type").as_deref() == Some(*kind));
    primary.or_else(|| MODELS.iter().find_map(of_type)).or(files.first())
}

/// The size; the hub counts in units of 1024 bytes, with a fraction.
pub(super) fn size_bytes(file: &Value) -> Option<u64> {
    let bytes = number(file, "sizeKB")? * 1024.0;
    let whole = format!("{:.0}", bytes.round());
    whole.parse().ok().filter(|bytes| *bytes > 0)
}

/// The VAE to use: a file of it that lies beside the model, which is not baked in then; or the words of the version
/// and of its file.
pub(super) fn vae(listed: Listing<'_>) -> Option<String> {
    let files = list(listed.version, "files");
    let beside = files.iter().find(|file| text(file, "type").as_deref() == Some("VAE"));
    beside.and_then(|file| text(file, "name")).or_else(|| baked(listed).then(|| "baked".to_owned()))
}

/// Whether names say that the VAE is baked in: `v2.0-BakedVAE`.
fn baked(listed: Listing<'_>) -> bool {
    let names = [text(listed.version, "name"), primary(listed).and_then(|file| text(file, "name"))];
    let letters = |name: String| crate::catalog::base_model::word(&name);
    names.into_iter().flatten().map(letters).any(|name| name.contains("bakedvae") || name.contains("vaebaked"))
}

/// The names of every file.
pub(super) fn names(listed: Listing<'_>) -> Vec<String> {
    list(listed.version, "files").iter().filter_map(|file| text(file, "name")).collect()
}
