//! The command-line program: arguments in, words out, the verdict as the exit code.
//!
//! 0 accepted or done, 1 rejected (or the model's own bytes are at fault), 2 could not judge.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(&cli::Arguments::parse())
}
