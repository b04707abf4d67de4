//! `modelgate scan`

use super::{Format, Outcome, Reading, Result, output};
use indicatif::{ProgressBar, ProgressStyle};
use modelgate::source::{self, Discovery, Unseen};
use modelgate::{Error, Gate, Limits, Verdict, report};
use serde_json::{Value, json};
use std::fmt::Display;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

#[derive(clap::Args)]
pub(super) struct Scan {
    /// The folder to look in
    path: PathBuf,
    /// llama-cpp, transformers, stable-diffusion, comfyui, or a profile such as vllm@0.33
    #[arg(long, short)]
    engine: String,
    /// text: a line a model; json: a report a line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How many models are checked at once [default: one a processor]
    #[arg(long, short)]
    jobs: Option<NonZero<usize>>,
    #[command(flatten)]
    reading: Reading,
}

/// How the models of a folder did.
#[derive(Default)]
struct Tally {
    accepted: usize,
    rejected: usize,
    unjudged: usize,
    /// Places where models may lie that were not looked for.
    unseen: usize,
}

impl Scan {
    pub(super) fn run(&self) -> Result<Outcome> {
        let gate = Gate::for_engine(&self.engine)?.read_mode(self.reading.mode());
        let Discovery { models, unseen } = source::discover(&self.path, &Limits::default())?;
        let bar = progress(models.len());
        let mut tally = self.judge_all(&gate, &models, &bar)?;
        bar.finish_and_clear();
        for Unseen { path, why } in &unseen {
            output::print(&unjudged(path, why, self.format))?;
        }
        tally.unseen = unseen.len();
        if self.format == Format::Text {
            output::print(&tally.words(models.len()))?;
        }
        tally.outcome()
    }

    /// Judges in parallel and prints in the models' order, whatever finishes first.
    fn judge_all(&self, gate: &Gate, models: &[PathBuf], bar: &ProgressBar) -> Result<Tally> {
        let (sender, receiver) = mpsc::sync_channel(64);
        let next = AtomicUsize::new(0);
        let jobs = self.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
        thread::scope(|scope| {
            for _ in 0..jobs {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || {
                    while let Some((at, model)) = take(next, models) {
                        let answer = gate.check(model).map(|verdict| self.answer(&verdict));
                        if sender.send((at, answer)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            self.print_in_order(receiver, models, bar)
        })
    }

    fn print_in_order(
        &self,
        answers: mpsc::Receiver<(usize, Result<Answer>)>,
        models: &[PathBuf],
        bar: &ProgressBar,
    ) -> Result<Tally> {
        let mut waiting = std::collections::BTreeMap::new();
        let mut tally = Tally::default();
        let mut next = 0;
        for (at, answer) in answers {
            waiting.insert(at, answer);
            while let Some(answer) = waiting.remove(&next) {
                let model = models.get(next).map(PathBuf::as_path).unwrap_or(Path::new(""));
                let line = tally.count(model, answer, self.format);
                bar.suspend(|| output::print(&line))?;
                bar.inc(1);
                next = next.saturating_add(1);
            }
        }
        Ok(tally)
    }

    fn answer(&self, verdict: &Verdict) -> Answer {
        let line = match self.format {
            Format::Json => format!("{}\n", report::check_json(verdict)),
            Format::Text => report::check_line(verdict),
        };
        Answer { accepted: verdict.is_accepted(), line }
    }
}

/// What is left of a verdict once it is put into words.
struct Answer {
    accepted: bool,
    line: String,
}

fn take<'a>(next: &AtomicUsize, models: &'a [PathBuf]) -> Option<(usize, &'a Path)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    models.get(at).map(|model| (at, model.as_path()))
}

fn progress(models: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{pos} of {len} models {wide_bar} {eta}");
    ProgressBar::new(models as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl Tally {
    fn count(&mut self, model: &Path, answer: Result<Answer>, format: Format) -> String {
        match answer {
            Ok(answer) => {
                let counter = if answer.accepted { &mut self.accepted } else { &mut self.rejected };
                *counter = counter.saturating_add(1);
                answer.line
            }
            Err(error) => {
                self.unjudged = self.unjudged.saturating_add(1);
                unjudged(model, &error, format)
            }
        }
    }

    fn words(&self, models: usize) -> String {
        let Self { accepted, rejected, unjudged, unseen } = self;
        let judged =
            format!("{models} models: {accepted} accepted, {rejected} rejected, {unjudged} could not be judged");
        match unseen {
            0 => format!("{judged}\n"),
            _ => format!("{judged}; {unseen} places were not searched\n"),
        }
    }

    fn outcome(&self) -> Result<Outcome> {
        match (self.rejected, self.unjudged, self.unseen) {
            (0, 0, 0) => Ok(Outcome::accepted(true)),
            (0, unjudged, 0) => Err(Error::input("scan", format!("{unjudged} models could not be judged"))),
            (0, unjudged, unseen) => {
                let what = format!("{unjudged} models could not be judged, {unseen} places were not searched");
                Err(Error::input("scan", what))
            }
            _ => Ok(Outcome::accepted(false)),
        }
    }
}

fn unjudged(model: &Path, error: &impl Display, format: Format) -> String {
    match format {
        Format::Json => {
            let report: Value = json!({
                "schema_version": report::SCHEMA_VERSION,
                "verdict": "unjudged",
                "model": { "path": model.display().to_string() },
                "error": error.to_string(),
            });
            format!("{report}\n")
        }
        Format::Text => format!("UNJUDGED  {}: {error}\n", model.display()),
    }
}
