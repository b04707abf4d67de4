//! Whether a template comes to a value of the conversation.

use std::cell::Cell;

/// Watches over what a conversation has under a key.
///
/// A template that does not come to it renders another conversation, which differs in nothing else, by the same steps.
#[derive(Debug)]
pub(in crate::chat) struct Watch {
    key: &'static str,
    reached: Cell<bool>,
}

impl Watch {
    pub(in crate::chat) fn over(key: &'static str) -> Self {
        Self { key, reached: Cell::new(false) }
    }

    pub(super) fn key(&self) -> &'static str {
        self.key
    }

    /// Notes that what stands under `key` is handed out.
    pub(super) fn asked(&self, key: &str) {
        if key == self.key {
            self.reach();
        }
    }

    /// Notes that all may have been come to.
    pub(super) fn reach(&self) {
        self.reached.set(true);
    }

    /// Whether anything hangs on the value but what is written at the prompt's top level.
    pub(in crate::chat) fn is_reached(&self) -> bool {
        self.reached.get()
    }
}
