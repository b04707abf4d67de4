//! Where the text model's tensors stand in an image-text model.

use super::table::IMAGE_TEXT;

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

/// The text model's own name for a tensor of an image-text model; `room` holds it where it has to be made.
pub(super) fn text_name<'n>(name: &'n str, room: &'n mut String) -> &'n str {
    let known = PREFIXES.iter().find_map(|(prefix, plain)| name.strip_prefix(prefix).map(|rest| (plain, rest)));
    let Some((plain, rest)) = known else { return name };
    room.clear();
    room.push_str(plain);
    room.push_str(rest);
    room
}
