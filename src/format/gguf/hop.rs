//! Stepping over the strings of an array without looking at them.
//!
//! Where a string begins is known only when the length of the one before it is: hopping from length to length waits
//! for memory at every string. So each window of the array is hopped by seven chains at once, six of which begin at a
//! guess. A guess proves itself: the window counts only if every chain lands exactly on the next one's start, which
//! makes them one unbroken chain from the array's first string. Anything else is hopped again one by one, so that a
//! crafted array gets the answer and the fault of the plain path.

use crate::format::Input;

/// Bytes behind those that the chains share: as many as the lengths of a batch take.
const BEHIND: usize = 8 * BATCH;
/// Bytes that the chains share where an array is long, and those behind.
const LARGE: usize = (1 << 17) + BEHIND;
/// The same where an array is about to end.
const MIDDLE: usize = (1 << 16) + BEHIND;
/// The same where an array is short.
const SMALL: usize = (1 << 14) + BEHIND;
/// How many chains share a window. More need more registers than there are.
const CHAINS: usize = 7;
/// Strings of every chain that are hopped before anyone looks where the chains are.
const BATCH: usize = 8;
/// Bytes that a batch takes at most, as a rule.
const MARGIN: usize = 512;
/// Bytes between two checkpoints, at least.
const STRIDE: usize = 1 << 16;
/// How far from its place a guess is looked for, in bytes.
const REACH: usize = 1024;
/// Windows in a row whose guesses fail before an array is hopped one by one to its end.
const PATIENCE: u32 = 3;
/// Longest string of a leap: a batch of them cannot wrap a place in the window round to an earlier one.
const LONGEST: u64 = (1 << 28) - 1;

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
    /// Every bit of every length so far.
    bits: u64,
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
    let mut hop = Hop { bytes, end: bytes.len(), at, done: 0, count, longest, bits: 0 };
    let mut failures = if longest < LARGE as u64 { PATIENCE } else { 0 };
    let mut next = at.saturating_add(STRIDE);
    while hop.done < count {
        if hop.at >= next {
            checkpoints.push(Checkpoint { at: hop.at, index: hop.done });
            next = hop.at.saturating_add(STRIDE);
        }
        hop.window(window(likely_left(hop.at.saturating_sub(at), hop.done, count)), &mut failures)?;
    }
    Ok(hop.at)
}

/// The same, looking at as much of the file at once as is likely to be hopped.
fn by_windows(input: &Input<'_>, start: usize, count: u64, longest: u64) -> Result<usize, usize> {
    let file_bytes = usize::try_from(input.file_bytes()).unwrap_or(usize::MAX);
    let (mut at, mut done) = (start, 0_u64);
    let mut failures = if longest < LARGE as u64 { PATIENCE } else { 0 };
    while done < count {
        let passed = at.saturating_sub(start);
        // A little more, for they are not quite alike.
        let likely = likely_left(passed, done, count).saturating_mul(9) / 8;
        let (hopped, seen, stopped) = input.look(at, likely.clamp(SMALL, LARGE), |bytes| {
            let (left, end) = (count.saturating_sub(done), file_bytes.saturating_sub(at));
            let mut hop = Hop { bytes, end, at: 0, done: 0, count: left, longest, bits: 0 };
            let stopped = loop {
                let likely = likely_left(passed.saturating_add(hop.at), done.saturating_add(hop.done), count);
                let at_hand = bytes.len().saturating_sub(hop.at);
                if hop.window(window(likely.min(at_hand)), &mut failures).is_err() {
                    break true;
                }
                if hop.done == hop.count || bytes.len().saturating_sub(hop.at) < SMALL {
                    break false;
                }
            };
            (hop.at, hop.done, stopped)
        });
        (at, done) = (at.saturating_add(hopped), done.saturating_add(seen));
        // Nothing seen without a stop: someone has cut the file.
        if stopped || seen == 0 {
            return Err(at);
        }
    }
    Ok(at)
}

/// Shows `bytes`, which are `count` strings one after another, in parts of whole strings; with each goes whether all of
/// its strings are shorter than 128 bytes. Gives whether every part was `sound`, and the last string whole.
pub(super) fn parts(bytes: &[u8], count: u64, mut sound: impl FnMut(&[u8], bool) -> bool) -> bool {
    let mut hop = Hop { bytes, end: bytes.len(), at: 0, done: 0, count, longest: u64::MAX, bits: 0 };
    let mut failures = 0;
    while hop.done < count && hop.at < bytes.len() {
        let from = hop.at;
        hop.bits = 0;
        let whole = hop.window(window(bytes.len().saturating_sub(from)), &mut failures).is_ok();
        if !whole || !bytes.get(from..hop.at).is_some_and(|part| sound(part, hop.bits < 128)) {
            return false;
        }
    }
    true
}

/// How many bytes the strings to come take if they are like those before; at first, if they are empty.
fn likely_left(passed: usize, done: u64, count: u64) -> usize {
    let left = count.saturating_sub(done);
    let likely = left.saturating_mul(passed as u64).checked_div(done).unwrap_or_else(|| left.saturating_mul(8));
    usize::try_from(likely).unwrap_or(usize::MAX)
}

/// The window for an array of which `likely` bytes are left.
fn window(likely: usize) -> usize {
    let sizes = [LARGE, MIDDLE];
    sizes.into_iter().find(|&size| likely >= size).unwrap_or(SMALL)
}

impl Hop<'_> {
    /// Steps over a window by chains, unless they failed too often, or else over a short one string by string.
    fn window(&mut self, window: usize, failures: &mut u32) -> Result<(), usize> {
        self.empties();
        if *failures < PATIENCE && self.leap(window) {
            *failures = 0;
            return Ok(());
        }
        *failures = failures.saturating_add(1);
        self.one_by_one(SMALL)
    }

    /// Steps over empty strings for as long as there are eight in a row, up to a checkpoint's distance. Chains say nothing
    /// of them: wherever a guess begins, another empty string seems to follow.
    fn empties(&mut self) {
        let left = usize::try_from(self.count.saturating_sub(self.done)).unwrap_or(usize::MAX);
        let end = self.at.saturating_add(STRIDE).min(self.bytes.len());
        let (eights, _) = self.bytes.get(self.at..end).unwrap_or_default().as_chunks::<64>();
        let eights = eights.get(..left / 8).unwrap_or(eights);
        let count = eights.iter().take_while(|eight| eight.iter().fold(0, |bits, byte| bits | byte) == 0).count();
        self.at = self.at.wrapping_add(count.wrapping_mul(64));
        self.done = self.done.wrapping_add((count as u64).wrapping_mul(8));
    }

    /// Steps over a window's worth of strings one by one, or over those at hand.
    fn one_by_one(&mut self, window: usize) -> Result<(), usize> {
        let stop = self.at.saturating_add(window);
        while self.at < stop && self.done < self.count {
            let Some(length) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>) else {
                return if self.at.saturating_add(8) <= self.end { Ok(()) } else { Err(self.at) };
            };
            let length = u64::from_le_bytes(*length);
            self.bits |= length;
            let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(8)?.checked_add(length));
            let end = end.filter(|&end| length <= self.longest && end <= self.end).ok_or(self.at)?;
            self.at = end;
            self.done = self.done.wrapping_add(1);
        }
        Ok(())
    }

    /// Steps over a window by chains; says whether they proved each other.
    fn leap(&mut self, window: usize) -> bool {
        let proved = match window {
            LARGE => self.chains::<LARGE>(),
            MIDDLE => self.chains::<MIDDLE>(),
            _ => self.chains::<SMALL>(),
        };
        let Some((end, count, bits)) = proved else { return false };
        let (at, done) = (self.at.saturating_add(end), self.done.saturating_add(count));
        // No string is longer than the whole leap.
        let sound = at <= self.end && done <= self.count && end as u64 <= self.longest;
        if sound {
            (self.at, self.done, self.bits) = (at, done, self.bits | bits);
        }
        sound
    }

    fn chains<const WINDOW: usize>(&self) -> Option<(usize, u64, u64)> {
        chains::<WINDOW>(self.bytes.get(self.at..)?.first_chunk()?)
    }
}

/// Where chains are on their way.
struct Chains<const WINDOW: usize> {
    at: [usize; CHAINS],
    /// Every bit of every length.
    bits: u64,
    steps: u64,
}

/// Where the last string that begins in the window ends, how many there are, and every bit of every length.
fn chains<const WINDOW: usize>(window: &[u8; WINDOW]) -> Option<(usize, u64, u64)> {
    let last = const { WINDOW - BEHIND };
    let (mut starts, mut ends) = ([0; CHAINS], [last; CHAINS]);
    let mut place = 0_usize;
    for (start, end) in starts.iter_mut().skip(1).zip(&mut ends) {
        place = place.wrapping_add(const { (WINDOW - BEHIND) / CHAINS });
        *start = guess(window, place).filter(|&start| start < last)?;
        *end = *start;
    }
    let mut chains = Chains { at: starts, bits: 0, steps: 0 };
    chains.run(window, &ends.map(|end| end.saturating_sub(MARGIN)));
    // Places only grow: a chain that is not behind its end has read nothing but the window, as it stands.
    if chains.at.iter().zip(&ends).any(|(at, end)| at > end) || chains.bits > LONGEST {
        return None;
    }
    chains.finish(window, &ends);
    let [.., end] = chains.at;
    let landed = chains.at.iter().zip(&ends).rev().skip(1).all(|(at, end)| at == end);
    (landed && chains.bits <= LONGEST).then_some((end, chains.steps, chains.bits))
}

impl<const WINDOW: usize> Chains<WINDOW> {
    /// Goes on with all chains at once while each has the margin before it. A batch of longer strings may take a chain
    /// past its end: the window is then hopped one by one.
    ///
    /// Never inlined: the places must stay in registers, whatever surrounds the call.
    #[inline(never)]
    fn run(&mut self, window: &[u8; WINDOW], far: &[usize; CHAINS]) {
        let (mut places, mut bits, mut batches) = (self.at, self.bits, 0_u64);
        while places.iter().zip(far).all(|(at, far)| at < far) {
            // Spelled out, so that what the lengths take by then is a constant and no addition.
            let mut step = |lengths: usize| places.iter_mut().for_each(|at| bits |= hop(window, at, lengths));
            step(0);
            step(8);
            step(16);
            step(24);
            step(32);
            step(40);
            step(48);
            step(56);
            places = places.map(|at| at.wrapping_add(BEHIND));
            batches = batches.wrapping_add(1);
        }
        (self.at, self.bits) = (places, bits);
        self.steps = batches.wrapping_mul(const { (BATCH * CHAINS) as u64 });
    }

    /// Takes every chain to its end.
    fn finish(&mut self, window: &[u8; WINDOW], ends: &[usize; CHAINS]) {
        while self.at.iter().zip(ends).all(|(at, end)| at < end) {
            for at in &mut self.at {
                self.bits |= hop(window, at, 0);
                *at = at.wrapping_add(8);
            }
            self.steps = self.steps.wrapping_add(const { CHAINS as u64 });
        }
        for (at, end) in self.at.iter_mut().zip(ends) {
            while *at < *end {
                self.bits |= hop(window, at, 0);
                *at = at.wrapping_add(8);
                self.steps = self.steps.wrapping_add(1);
            }
        }
    }
}

/// Steps over the text whose length stands `lengths` bytes behind `at`, but not over that length, and gives it. What is
/// beyond the window is read somewhere in it: the chain is past its end by then.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "a length of more bits is told by them")]
fn hop<const WINDOW: usize>(window: &[u8; WINDOW], at: &mut usize, lengths: usize) -> u64 {
    let place = (*at & const { WINDOW - BEHIND - 1 }).wrapping_add(lengths);
    let length = window.get(place..).and_then(<[u8]>::first_chunk).copied().map_or(u64::MAX, u64::from_le_bytes);
    *at = at.wrapping_add((length as u32) as usize);
    length
}

/// The first place from `from` on where a short string seems to begin that another one follows.
fn guess<const WINDOW: usize>(window: &[u8; WINDOW], from: usize) -> Option<usize> {
    let length = |at: usize| window.get(at..).and_then(<[u8]>::first_chunk).copied().map(u64::from_le_bytes);
    let short = |at: usize| length(at).filter(|&length| length < 256).and_then(|length| usize::try_from(length).ok());
    let behind = |at: usize| short(at).map(|length| at.wrapping_add(8).wrapping_add(length));
    (from..from.saturating_add(REACH)).find(|&at| behind(at).and_then(behind).is_some())
}
