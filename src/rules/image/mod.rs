//! Rules over image, video and audio models that hold for every engine that runs them.

pub mod complete;
pub mod conflict;
pub mod cut;
pub mod folder;
pub mod foreign;
