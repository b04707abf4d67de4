//! Where the text model's tensors stand in an image-text model.

use super::table::IMAGE_TEXT;
use std::borrow::Cow;

/// The table of an image-text model's text part.
pub(super) fn table(model_type: &str) -> Option<&'static str> {
    IMAGE_TEXT.fields(model_type).next()
}

/// Prefixes that image-text models of any age put before the text model's own, longest first, and what they mean.
static PREFIXES: [(&str, &str); 7] = [
    ("model.language_model.model.", "model."),
    ("language_model.model.", "model."),
    ("language_model.lm_head.", "lm_head."),
    ("model.language_model.", "model."),
    ("model.text_model.", "model."),
    ("text_model.model.", "model."),
    ("language_model.", ""),
];

/// The text model's own name for a tensor of an image-text model.
pub(super) fn text_name(name: &str) -> Cow<'_, str> {
    let known = PREFIXES.iter().find_map(|(prefix, plain)| name.strip_prefix(prefix).map(|rest| (plain, rest)));
    known.map_or(Cow::Borrowed(name), |(plain, rest)| Cow::Owned(format!("{plain}{rest}")))
}
