//! Stepping over the strings of an array without looking at them.
//!
//! Where a string begins is known only when the length of the one before it is: hopping from length to length waits
//! for memory at every string. So each window of the array is hopped by four chains at once, three of which begin at a
//! guess. A guess proves itself: the window counts only if every chain lands exactly on the next one's start, which
//! makes the four one unbroken chain from the array's first string. Anything else is hopped again one by one, so that a
//! crafted array gets the answer and the fault of the plain path.

use crate::format::Input;

/// Bytes that four chains share where an array is long, and the rest of a length that begins at their very end.
const LARGE: usize = (1 << 17) + 8;
/// The same where an array is short, or about to end.
const SMALL: usize = (1 << 13) + 8;
/// Bytes between two checkpoints, at least.
const STRIDE: usize = 1 << 16;
/// How far from its place a guess is looked for, in bytes.
const REACH: usize = 1024;
/// Windows in a row whose guesses fail before an array is hopped one by one to its end.
const PATIENCE: u32 = 3;
/// The bits of a length that are added: as many as cannot wrap a place in the window round to an earlier one.
const ADDED: u32 = if usize::BITS < 64 { 0x7FFF_FFFF } else { 0xFFFF_FFFF };

/// A place inside a long array of strings, from which its later elements are a short hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checkpoint {
    /// Where the string's length stands in the file.
    pub(super) at: usize,
    /// The string's number in its array.
    pub(super) index: u64,
}

/// How far an array of strings was stepped over.
struct Hop<'a> {
    bytes: &'a [u8],
    /// Where the file ends; the bytes at hand may end before.
    end: usize,
    at: usize,
    done: u64,
    count: u64,
    longest: u64,
}

/// Steps over `count` strings from byte `at` on. Gives where they end, or the place of the first string that is
/// longer than `longest` or than the file. Where the file is read by windows, nothing of them is kept.
pub(super) fn strings(
    input: &Input<'_>,
    at: usize,
    count: u64,
    longest: u64,
    checkpoints: &mut Vec<Checkpoint>,
) -> Result<usize, usize> {
    match input.windows() {
        Some(_) => by_windows(input, at, count, longest),
        None => in_memory(input.at_hand(0), at, count, longest, checkpoints),
    }
}

fn in_memory(
    bytes: &[u8],
    at: usize,
    count: u64,
    longest: u64,
    checkpoints: &mut Vec<Checkpoint>,
) -> Result<usize, usize> {
    let mut hop = Hop { bytes, end: bytes.len(), at, done: 0, count, longest };
    let mut failures = if longest < LARGE as u64 { PATIENCE } else { 0 };
    let mut next = at.saturating_add(STRIDE);
    while hop.done < count {
        if hop.at >= next {
            checkpoints.push(Checkpoint { at: hop.at, index: hop.done });
            next = hop.at.saturating_add(STRIDE);
        }
        let window = if remains_long(hop.at.saturating_sub(at), hop.done, count) { LARGE } else { SMALL };
        if failures < PATIENCE && hop.leap(window) {
            failures = 0;
        } else {
            failures = failures.saturating_add(1);
            hop.one_by_one(SMALL)?;
        }
    }
    Ok(hop.at)
}

/// The same, looking at as much of the file at once as four chains share.
fn by_windows(input: &Input<'_>, start: usize, count: u64, longest: u64) -> Result<usize, usize> {
    let file_bytes = usize::try_from(input.file_bytes()).unwrap_or(usize::MAX);
    let (mut at, mut done) = (start, 0_u64);
    let mut failures = if longest < LARGE as u64 { PATIENCE } else { 0 };
    while done < count {
        let window = if remains_long(at.saturating_sub(start), done, count) { LARGE } else { SMALL };
        let (passed, seen, stopped) = input.look(at, window, |bytes| {
            let (count, end) = (count.saturating_sub(done), file_bytes.saturating_sub(at));
            let mut hop = Hop { bytes, end, at: 0, done: 0, count, longest };
            if failures < PATIENCE && hop.leap(window) {
                failures = 0;
                return (hop.at, hop.done, false);
            }
            failures = failures.saturating_add(1);
            let stopped = hop.one_by_one(window).is_err();
            (hop.at, hop.done, stopped)
        });
        (at, done) = (at.saturating_add(passed), done.saturating_add(seen));
        // Nothing seen without a stop: someone has cut the file.
        if stopped || seen == 0 {
            return Err(at);
        }
    }
    Ok(at)
}

/// Whether a large window is likely to be filled, if the strings to come are like those before.
fn remains_long(passed: usize, done: u64, count: u64) -> bool {
    let ahead = u128::from(count.saturating_sub(done)).saturating_mul(passed as u128);
    ahead > u128::from(done).saturating_mul(LARGE as u128)
}

impl Hop<'_> {
    /// Steps over a window's worth of strings one by one, or over those at hand.
    fn one_by_one(&mut self, window: usize) -> Result<(), usize> {
        let stop = self.at.saturating_add(window);
        while self.at < stop && self.done < self.count {
            let Some(length) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>) else {
                return if self.at.saturating_add(8) <= self.end { Ok(()) } else { Err(self.at) };
            };
            let length = u64::from_le_bytes(*length);
            let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(8)?.checked_add(length));
            let end = end.filter(|&end| length <= self.longest && end <= self.end).ok_or(self.at)?;
            self.at = end;
            self.done = self.done.wrapping_add(1);
        }
        Ok(())
    }

    /// Steps over a window by four chains; says whether they proved each other.
    fn leap(&mut self, window: usize) -> bool {
        let proved = if window == LARGE { self.chains::<LARGE>() } else { self.chains::<SMALL>() };
        let Some((end, count)) = proved else { return false };
        let (at, done) = (self.at.saturating_add(end), self.done.saturating_add(count));
        // No string is longer than the whole leap.
        let sound = at <= self.end && done <= self.count && end as u64 <= self.longest;
        if sound {
            (self.at, self.done) = (at, done);
        }
        sound
    }

    fn chains<const WINDOW: usize>(&self) -> Option<(usize, u64)> {
        four_chains::<WINDOW>(self.bytes.get(self.at..)?.first_chunk()?)
    }
}

/// Where the last string that begins in the window ends, and how many there are.
///
/// Never inlined: the four places and their bounds must stay in registers, whatever surrounds the call.
#[inline(never)]
fn four_chains<const WINDOW: usize>(window: &[u8; WINDOW]) -> Option<(usize, u64)> {
    let last = const { WINDOW - 8 };
    let places = const { [(WINDOW - 8) / 4, (WINDOW - 8) / 2, (WINDOW - 8) / 4 * 3] };
    let [second, third, fourth] = places.map(|place| guess(window, place));
    let (second, third, fourth) = (second?, third?, fourth?);
    if second >= last || third >= last || fourth >= last {
        return None;
    }
    let (mut a, mut b, mut c, mut d) = (0, second, third, fourth);
    let (mut high, mut rounds) = (0_u32, 0_u64);
    while a < second && b < third && c < fourth && d < last {
        high |= high_half(window, a) | high_half(window, b) | high_half(window, c) | high_half(window, d);
        (a, b, c, d) = (behind(window, a), behind(window, b), behind(window, c), behind(window, d));
        rounds = rounds.wrapping_add(1);
    }
    let mut steps = rounds.wrapping_mul(4);
    for (at, end) in [(&mut a, second), (&mut b, third), (&mut c, fourth), (&mut d, last)] {
        while *at < end {
            high |= high_half(window, *at);
            *at = behind(window, *at);
            steps = steps.wrapping_add(1);
        }
    }
    // A length of 4 GiB or more was not added whole.
    (high == 0 && (a, b, c) == (second, third, fourth)).then_some((d, steps))
}

/// The length at `at`, its low half.
#[inline(always)]
fn low_half<const WINDOW: usize>(window: &[u8; WINDOW], at: usize) -> u32 {
    window.get(at..).and_then(<[u8]>::first_chunk).copied().map_or(u32::MAX, u32::from_le_bytes)
}

/// The length at `at`, its high half.
#[inline(always)]
fn high_half<const WINDOW: usize>(window: &[u8; WINDOW], at: usize) -> u32 {
    low_half(window, at.wrapping_add(4))
}

/// Where the string ends whose length stands at `at`; anything beyond the window when it is longer.
#[inline(always)]
fn behind<const WINDOW: usize>(window: &[u8; WINDOW], at: usize) -> usize {
    at.wrapping_add(8).wrapping_add((low_half(window, at) & ADDED) as usize)
}

/// The first place from `from` on where a short string seems to begin that another one follows.
fn guess<const WINDOW: usize>(window: &[u8; WINDOW], from: usize) -> Option<usize> {
    let short = |at: usize| low_half(window, at) < 256 && high_half(window, at) == 0;
    (from..from.saturating_add(REACH)).find(|&at| short(at) && short(behind(window, at)))
}
