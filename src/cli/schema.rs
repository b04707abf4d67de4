//! `modelgate schema`

use super::{Outcome, Result, output};
use modelgate::{Error, report};

#[derive(clap::Args)]
pub(super) struct Schema {
    /// entry, llm-config, image-config, audio-config, video-config, inference-params, check-report, inspect-report
    /// [default: all, by name]
    name: Option<String>,
    /// TypeScript declarations instead
    #[arg(long, conflicts_with = "name")]
    typescript: bool,
}

impl Schema {
    pub(super) fn run(&self) -> Result<Outcome> {
        if self.typescript {
            output::print(include_str!("../../docs/types/modelgate.d.ts"))?;
            return Ok(Outcome::Fine);
        }
        output::print_json(&match self.name.as_deref() {
            None => report::schemas(),
            Some(name) => report::schema_of(name).ok_or_else(|| unknown(name))?,
        })?;
        Ok(Outcome::Fine)
    }
}

fn unknown(name: &str) -> Error {
    let known = report::schema_names().collect::<Vec<_>>().join(", ");
    Error::input("schema", format!("unknown name '{name}'; known names: {known}"))
}
