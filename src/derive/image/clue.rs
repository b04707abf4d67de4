//! What tells one family from another: names that stand or are missing, and sizes of axes.

use super::scope::Scope;

/// One sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clue {
    /// A tensor has this size along an axis (0 is the slowest-varying).
    Dim(&'static str, usize, u64),
    /// A tensor of exactly this name stands behind the prefix.
    Has(&'static str),
    /// No tensor has this name.
    Lacks(&'static str),
    /// No name begins so.
    LacksStart(&'static str),
    /// A tensor's last axis has this size.
    Last(&'static str, u64),
    /// A tensor has this many axes.
    Rank(&'static str, usize),
    /// Some name begins so.
    Starts(&'static str),
}

impl Clue {
    /// Whether the sign is there.
    pub(super) fn holds(self, scope: &Scope<'_, '_>) -> bool {
        match self {
            Self::Dim(name, axis, size) => scope.sign(name).is_some_and(|entry| entry.shape.get(axis) == Some(&size)),
            Self::Has(name) => scope.sign(name).is_some(),
            Self::Lacks(name) => scope.sign(name).is_none(),
            Self::LacksStart(start) => !scope.any_starts(start),
            Self::Last(name, size) => scope.sign(name).is_some_and(|entry| entry.shape.last() == Some(&size)),
            Self::Rank(name, rank) => scope.sign(name).is_some_and(|entry| entry.shape.len() == rank),
            Self::Starts(start) => scope.any_starts(start),
        }
    }
}

/// Whether every sign is there.
pub(super) fn all_hold(clues: &[Clue], scope: &Scope<'_, '_>) -> bool {
    clues.iter().all(|clue| clue.holds(scope))
}
