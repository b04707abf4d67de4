//! One file a command.

mod check;
mod entry;
mod explain;
mod import;
mod inspect;
mod output;
mod render;
mod scan;
mod schema;

use clap::{Parser, Subcommand, ValueEnum};
use modelgate::{Error, Limits};
use std::process::ExitCode;

/// Judges model files before an inference engine loads them.
#[derive(Parser)]
#[command(version, about, max_term_width = 120)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Accept or reject a model for an engine, with every cause, its evidence and its cure
    Check(check::Check),
    /// Show a page of the rule book
    Explain(explain::Explain),
    /// Turn a hub's API answer into catalog entries
    Import(import::Import),
    /// Show a model's facts and derived config, without judging it
    Inspect(inspect::Inspect),
    /// Render the prompt of a conversation, as transformers would
    Render(render::Render),
    /// Check every model in a folder and the folders in it
    Scan(scan::Scan),
    /// Print the JSON Schemas (or TypeScript types) of entries, configs and reports
    Schema(schema::Schema),
}

/// How files are read.
#[derive(Clone, Copy, clap::Args)]
struct Reading {
    /// map: fastest; windowed: for files that others may cut meanwhile, which would kill a process that maps them
    #[arg(long, value_enum, default_value_t = ReadMode::Map)]
    read_mode: ReadMode,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReadMode {
    /// Through a memory map
    Map,
    /// By windows
    Windowed,
}

impl Reading {
    fn mode(self) -> modelgate::ReadMode {
        match self.read_mode {
            ReadMode::Map => modelgate::ReadMode::Map,
            ReadMode::Windowed => modelgate::ReadMode::Windowed,
        }
    }

    fn limits(self) -> Limits {
        let mut limits = Limits::default();
        limits.read_mode = self.mode();
        limits
    }
}

/// How results are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For machines; the shape is versioned
    Json,
    /// For people
    Text,
}

/// How a command ended.
enum Outcome {
    /// Accepted, or done: exit code 0.
    Fine,
    /// The model is at fault: exit code 1.
    Unfit,
}

impl Outcome {
    fn accepted(accepted: bool) -> Self {
        if accepted { Self::Fine } else { Self::Unfit }
    }
}

/// Runs the command and answers with the exit code.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let outcome = match &arguments.command {
        Command::Check(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Inspect(command) => command.run(),
        Command::Render(command) => command.run(),
        Command::Scan(command) => command.run(),
        Command::Schema(command) => command.run(),
    };
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Unfit) => ExitCode::FAILURE,
        Err(error) => {
            output::complain(&error);
            ExitCode::from(2)
        }
    }
}

type Result<T> = std::result::Result<T, Error>;
