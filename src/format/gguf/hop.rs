//! Stepping over the strings of an array without looking at them.
//!
//! Where a string begins is known only when the length of the one before it is: hopping from length to length waits
//! for memory at every string. So each window of the array is hopped by four chains at once, three of which begin at a
//! guess. A guess proves itself: the window counts only if every chain lands exactly on the next one's start, which
//! makes the four one unbroken chain from the array's first string. Anything else is hopped again one by one, so that a
//! crafted array gets the answer and the fault of the plain path.

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
    start: usize,
    at: usize,
    done: u64,
    count: u64,
    longest: u64,
}

/// Steps over `count` strings from byte `at` on. Gives where they end, or the place of the first string that is
/// longer than `longest` or than the file.
pub(super) fn strings(
    bytes: &[u8],
    at: usize,
    count: u64,
    longest: u64,
    checkpoints: &mut Vec<Checkpoint>,
) -> Result<usize, usize> {
    let mut hop = Hop { bytes, start: at, at, done: 0, count, longest };
    let mut failures = if longest < LARGE as u64 { PATIENCE } else { 0 };
    let mut next = at.saturating_add(STRIDE);
    while hop.done < count {
        if hop.at >= next {
            checkpoints.push(Checkpoint { at: hop.at, index: hop.done });
            next = hop.at.saturating_add(STRIDE);
        }
        if failures < PATIENCE && hop.leap() {
            failures = 0;
        } else {
            failures = failures.saturating_add(1);
            hop.one_by_one()?;
        }
    }
    Ok(hop.at)
}

impl Hop<'_> {
    /// Steps over a small window's worth of strings one by one.
    fn one_by_one(&mut self) -> Result<(), usize> {
        let stop = self.at.saturating_add(SMALL);
        while self.at < stop && self.done < self.count {
            let length = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>).ok_or(self.at)?;
            let length = u64::from_le_bytes(*length);
            let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(8)?.checked_add(length));
            let end = end.filter(|&end| length <= self.longest && end <= self.bytes.len()).ok_or(self.at)?;
            self.at = end;
            self.done = self.done.wrapping_add(1);
        }
        Ok(())
    }

    /// Steps over a window by four chains; says whether they proved each other.
    fn leap(&mut self) -> bool {
        let window = if self.remains_long() { self.chains::<LARGE>() } else { self.chains::<SMALL>() };
        let Some((end, count)) = window else { return false };
        let (at, done) = (self.at.saturating_add(end), self.done.saturating_add(count));
        // No string is longer than the whole leap.
        let sound = at <= self.bytes.len() && done <= self.count && end as u64 <= self.longest;
        if sound {
            (self.at, self.done) = (at, done);
        }
        sound
    }

    /// Whether a large window is likely to be filled, if the strings to come are like those before.
    fn remains_long(&self) -> bool {
        let passed = self.at.saturating_sub(self.start) as u64;
        let ahead = u128::from(self.count.saturating_sub(self.done)).saturating_mul(u128::from(passed));
        ahead > u128::from(self.done).saturating_mul(LARGE as u128)
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
