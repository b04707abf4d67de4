//! Rules that compare the catalog's claims with the files.

mod claims;

pub use claims::{CAUSES, CLAIMS};
