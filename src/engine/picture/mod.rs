//! What engines for pictures have in common: answers, companions, roles and bases.

pub mod answer;
pub mod asked;
pub mod needs;

pub use answer::{Answer, Way};
