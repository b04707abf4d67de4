//! CPU-time minima, all threads', of runs that take turns in one process: other programs' noise hits all alike.

use cpu_time::ProcessTime;
use std::time::Duration;

/// One thing to measure.
pub struct Run<'a> {
    pub name: String,
    pub work: Box<dyn FnMut() -> u64 + 'a>,
}

/// A run of `work`, which must give something that depends on all that it did.
pub fn run<'a>(name: impl Into<String>, work: impl FnMut() -> u64 + 'a) -> Run<'a> {
    Run { name: name.into(), work: Box::new(work) }
}

/// The least CPU time of each run over `rounds` rounds.
pub fn minima(runs: &mut [Run<'_>], rounds: usize) -> Vec<Duration> {
    let mut least = vec![Duration::MAX; runs.len()];
    // Forth and back: what a run leaves in the caches helps or hinders the next one.
    for round in 0..rounds {
        let mut turns: Vec<_> = runs.iter_mut().zip(&mut least).collect();
        if round % 2 == 1 {
            turns.reverse();
        }
        for (run, least) in turns {
            let start = ProcessTime::now();
            std::hint::black_box((run.work)());
            *least = start.elapsed().min(*least);
        }
    }
    least
}

/// Measures and prints; gives the times in microseconds. The first run is what the others are compared with.
pub fn table(title: &str, runs: &mut [Run<'_>], rounds: usize) -> Vec<f64> {
    let times: Vec<f64> = minima(runs, rounds).iter().map(|time| time.as_secs_f64() * 1e6).collect();
    println!("\n{title}");
    for (run, time) in runs.iter().zip(&times) {
        println!("  {:<44} {time:>12.1} µs {:>9.2}x", run.name, time / times[0]);
    }
    times
}
