//! The command-line program: arguments in, words out.

use clap::{Parser, Subcommand};
use modelgate::{Error, Gate, report};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge a model for an engine.
    Check {
        /// The model's file or folder.
        path: PathBuf,
        /// The engine: llama-cpp, transformers, stable-diffusion, comfyui, or name@version.
        #[arg(long)]
        engine: String,
        /// text or json.
        #[arg(long, default_value = "text")]
        format: String,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse().command) {
        Ok(accepted) => ExitCode::from(u8::from(!accepted)),
        Err(error) => {
            #[allow(clippy::print_stderr, reason = "errors go to stderr")]
            {
                eprintln!("modelgate: {error}");
            }
            ExitCode::from(2)
        }
    }
}

fn run(command: &Command) -> Result<bool, Error> {
    let Command::Check { path, engine, format } = command;
    let verdict = Gate::for_engine(engine)?.check(path)?;
    let words = match format.as_str() {
        "json" => format!("{:#}\n", report::check_json(&verdict)),
        _ => report::check_text(&verdict),
    };
    #[allow(clippy::print_stdout, reason = "results go to stdout")]
    {
        print!("{words}");
    }
    Ok(verdict.is_accepted())
}
