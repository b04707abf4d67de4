//! Work on the many parts of a large model, shared out among threads.

use std::thread;

/// Most threads that one model is read by: a host has other work to do.
const MOST: usize = 4;

/// What `work` makes of each of `parts` runs of neighbouring items, in their order. The runs are the same on every
/// machine; how many threads work on them is not, so nothing may depend on it.
pub(crate) fn in_parts<T: Sync, R: Send>(items: &[T], parts: usize, work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST);
    let parts: Vec<&[T]> = items.chunks(items.len().div_ceil(parts.max(1)).max(1)).collect();
    let run = |parts: &[&[T]]| parts.iter().map(|part| work(part)).collect::<Vec<R>>();
    if threads < 2 || parts.len() < 2 {
        return run(&parts);
    }
    let results = thread::scope(|scope| {
        let workers: Vec<_> =
            parts.chunks(parts.len().div_ceil(threads)).map(|parts| scope.spawn(|| run(parts))).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, Vec<R>>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().map(join).collect::<Vec<_>>()
    });
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_in_order() {
        let items: Vec<usize> = (0..10).collect();
        for (parts, expected) in [(0, vec![10]), (1, vec![10]), (3, vec![4, 4, 2]), (4, vec![3, 3, 3, 1])] {
            assert_eq!(in_parts(&items, parts, <[usize]>::len), expected);
        }
        let sums = in_parts(&items, 20, |part| part.iter().sum::<usize>());
        assert_eq!(sums, items);
        assert!(in_parts(&[] as &[u8], 3, <[u8]>::len).is_empty());
    }
}
