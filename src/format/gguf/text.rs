//! How much of a text is kept: as much as anyone looks at.

use super::zero::is_named;
use crate::limits::Limits;

/// The key whose text is read to its end: a template, up to its own limit.
const TEMPLATE: &[u8] = b"tokenizer.chat_template";

/// Longest text that is kept of any other key, in bytes.
const TEXT_BYTES: usize = 4096;

/// How much of each text is kept, asked key by key in the file's order.
#[derive(Debug)]
pub(crate) struct Kept {
    template_bytes: usize,
    /// Whether the template was seen: of keys that differ only behind a zero byte, the first counts.
    seen: bool,
}

impl Kept {
    pub(crate) fn new(limits: &Limits) -> Self {
        // One byte more tells that the template is too long.
        Self { template_bytes: limits.template.source_bytes.saturating_add(1), seen: false }
    }

    /// Bytes that are kept of the template.
    pub(crate) fn template_bytes(&self) -> usize {
        self.template_bytes
    }

    /// Bytes that are kept of the text of the next key, which is `name`.
    pub(crate) fn next_bytes(&mut self, name: &[u8]) -> usize {
        let is_template = !self.seen && is_named(name, TEMPLATE);
        self.seen |= is_template;
        if is_template { self.template_bytes } else { TEXT_BYTES }
    }
}
