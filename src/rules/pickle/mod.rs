//! Rules over what a pickle would import.

mod imports;

pub use imports::{CAUSES, IMPORTS};
