//! Paths to bytes: the only room that touches the file system.
//!
//! It knows which files belong together, by their names alone; it never looks inside them.

mod artifact;
mod boundary;
mod discover;
mod handle;
mod hub;
mod map;
mod stamp;

pub use artifact::{Artifact, Layout, ModelFile, locate, split_name};
pub use boundary::Resolved;
pub use discover::{Discovery, Unseen, WhyUnseen, discover};
pub use handle::{Handle, ReadAt};
pub use map::{Bytes, open, read};
