//! Nothing on disk can hurt the worker: crafted, damaged and changing files through the whole gate.
//!
//! `MODELGATE_HOSTILE=full` runs every case instead of a sample, on top of what `--ignored` adds.

#![allow(unreachable_pub, reason = "a test exports nothing")]

#[path = "../common/mod.rs"]
mod common;

mod bombs;
mod bytes;
#[cfg(unix)]
mod changing;
mod headers;
mod judge;
mod many;
mod memory;
mod numbers;
#[cfg(unix)]
mod paths;
#[cfg(all(unix, feature = "cli"))]
mod scan;
mod shield;
