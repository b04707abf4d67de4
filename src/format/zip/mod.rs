//! Zip archives, as far as torch writes them: the list of members, and the bytes of those that are stored plainly.
//!
//! Only the central directory is read, in place. Nothing is inflated: torch stores its members without compression, so
//! that they can be mapped, and a compressed one is a sign of another tool. That is also why no zip crate is used.

mod code;
mod header;

pub use code::CAUSES;
pub use header::{Archive, Member, parse};
