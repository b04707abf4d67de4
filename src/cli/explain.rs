//! `modelgate explain`

use super::{Format, Outcome, Result, output};
use modelgate::report::rule_book;

#[derive(clap::Args)]
pub(super) struct Explain {
    /// A code such as GGUF001, or a name such as bad-magic; none lists the whole rule book
    code: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Explain {
    pub(super) fn run(&self) -> Result<Outcome> {
        let words = match (&self.code, self.format) {
            (Some(code), Format::Json) => return self.json(&rule_book::page_json(rule_book::find(code)?)),
            (None, Format::Json) => return self.json(&rule_book::index_json()),
            (Some(code), Format::Text) => rule_book::page_text(rule_book::find(code)?),
            (None, Format::Text) => rule_book::index_text(),
        };
        output::print(&words)?;
        Ok(Outcome::Fine)
    }

    fn json(&self, value: &serde_json::Value) -> Result<Outcome> {
        output::print_json(value)?;
        Ok(Outcome::Fine)
    }
}
