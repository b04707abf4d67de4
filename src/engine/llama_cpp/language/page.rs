//! A page's lines, and what stands before its first section.

use super::step::{Kind, Rope, Traits};
use super::symbols::PageError;

/// One line of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) indent: usize,
    pub(super) text: &'static str,
}

pub(super) fn lines(page: &'static str) -> Vec<Line> {
    let line = |text: &'static str| Line { indent: text.len().saturating_sub(text.trim_start().len()), text };
    let kept = |line: &Line| !line.text.trim().is_empty() && !line.text.trim_start().starts_with('#');
    page.lines().map(line).filter(kept).collect()
}

/// The lines before the first section.
pub(super) fn header(page: &'static str) -> Result<(Traits, Option<&'static str>), PageError> {
    let mut traits = Traits::default();
    let mut same_as = None;
    for line in lines(page).iter().map(|line| line.text.trim()) {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("keys" | "tensors", _) => break,
            ("after", release) => traits.after = Some(release),
            ("diffusion", _) => traits.diffusion = true,
            ("encoder", "only") => (traits.encoder, traits.encoder_only) = (true, true),
            ("encoder", _) => traits.encoder = true,
            ("hybrid", _) => traits.kind = Kind::Hybrid,
            ("recurrent", _) => traits.kind = Kind::Recurrent,
            ("rope", kinds) => (traits.rope, traits.rope_with_sections) = rope(kinds)?,
            ("same", other) => same_as = other.strip_prefix("as "),
            _ => return Err(PageError::expected("a trait", line)),
        }
    }
    Ok((traits, same_as))
}

fn rope(kinds: &'static str) -> Result<(Rope, Option<Rope>), PageError> {
    let one = |word: &str| {
        Ok(match word {
            "imrope" => Rope::Imrope,
            "mrope" => Rope::Mrope,
            "neox" => Rope::Neox,
            "norm" => Rope::Norm,
            _ => return Err(PageError::expected("a rope type", word)),
        })
    };
    match kinds.split_once(" or ") {
        Some((plain, sections)) => Ok((one(plain)?, Some(one(sections)?))),
        None => Ok((one(kinds)?, None)),
    }
}

/// The error with the line that it stands in.
pub(super) fn located(error: PageError, line: &Line) -> PageError {
    if error.0.contains(" in '") { error } else { PageError(format!("{} in '{}'", error.0, line.text.trim())) }
}
