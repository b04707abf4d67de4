//! A stable sort by `<` alone that may fail, and that stands any answers: the values of a template need not have an order
//! (`nan`, a list of numbers and texts), and the library's sort panics where it notices that.

use super::error::Outcome;

/// Items that are sorted by insertion before they are merged.
const RUN: usize = 32;

/// Sorts `items`. As Python does it, the later of two items is asked whether it is less than the earlier one.
pub(super) fn stable<T>(items: Vec<T>, mut less: impl FnMut(&T, &T) -> Outcome<bool>) -> Outcome<Vec<T>> {
    let (mut rest, mut runs) = (items.into_iter().peekable(), Vec::new());
    while rest.peek().is_some() {
        runs.push(run(&mut rest, &mut less)?);
    }
    while runs.len() > 1 {
        runs = pass(runs, &mut less)?;
    }
    Ok(runs.pop().unwrap_or_default())
}

/// The next items, each put where it belongs.
fn run<T>(rest: &mut impl Iterator<Item = T>, less: &mut impl FnMut(&T, &T) -> Outcome<bool>) -> Outcome<Vec<T>> {
    let mut sorted = Vec::new();
    for item in rest.take(RUN) {
        let place = place(&sorted, &item, less)?;
        sorted.insert(place, item);
    }
    Ok(sorted)
}

/// Where `item` belongs: behind the last one as a rule, else where halving finds it.
fn place<T>(sorted: &[T], item: &T, less: &mut impl FnMut(&T, &T) -> Outcome<bool>) -> Outcome<usize> {
    match sorted.last() {
        Some(last) if less(item, last)? => {}
        _ => return Ok(sorted.len()),
    }
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = low.midpoint(high);
        match sorted.get(middle) {
            Some(other) if less(item, other)? => high = middle,
            _ => low = middle.saturating_add(1),
        }
    }
    Ok(low)
}

/// Merges neighbours.
fn pass<T>(runs: Vec<Vec<T>>, less: &mut impl FnMut(&T, &T) -> Outcome<bool>) -> Outcome<Vec<Vec<T>>> {
    let (mut runs, mut merged) = (runs.into_iter(), Vec::new());
    while let Some(left) = runs.next() {
        merged.push(match runs.next() {
            Some(right) => merge(left, right, less)?,
            None => left,
        });
    }
    Ok(merged)
}

fn merge<T>(left: Vec<T>, right: Vec<T>, less: &mut impl FnMut(&T, &T) -> Outcome<bool>) -> Outcome<Vec<T>> {
    let (mut left, mut right, mut merged) = (left.into_iter().peekable(), right.into_iter().peekable(), Vec::new());
    while let (Some(earlier), Some(later)) = (left.peek(), right.peek()) {
        let next = if less(later, earlier)? { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::super::error::{ErrorClass, fail};
    use super::*;
    use crate::chat::{ChatTemplate, Conversation};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_library_does(items in proptest::collection::vec(0_u8..20, 0..300)) {
            let numbered: Vec<(usize, u8)> = items.into_iter().enumerate().collect();
            let mut wanted = numbered.clone();
            wanted.sort_by_key(|(_, item)| *item);
            prop_assert_eq!(stable(numbered, |left, right| Ok(left.1 < right.1)).ok(), Some(wanted));
        }

        #[test]
        fn stands_any_answers(answers in proptest::collection::vec(any::<bool>(), 1..50), length in 0_usize..300) {
            let mut answers = answers.into_iter().cycle();
            let sorted = stable((0..length).collect(), |_, _| Ok(answers.next() == Some(true)));
            let mut sorted = sorted.ok().unwrap_or_default();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..length).collect::<Vec<_>>());
        }
    }

    #[test]
    fn ends_at_the_first_failure() {
        let mut asked = 0;
        let failed = stable((0..100).collect(), |left: &u32, _| {
            asked += 1;
            if *left == 50 { fail(ErrorClass::Type, "fifty") } else { Ok(false) }
        });
        assert!(failed.is_err());
        assert_eq!(asked, 49);
    }

    #[test]
    fn what_has_no_order_is_an_error_or_any_order() {
        let conversation = Conversation::parse(br#"{"messages": [{"role": "user", "content": "hi"}]}"#).unwrap();
        let render = |source: &str| ChatTemplate::from_text(source).render(&conversation);
        let mixed = render("{{ ([5, 3, 9, 1] * 20 + ['x'] + [7, 2] * 20) | sort }}").unwrap_err();
        assert!(mixed.message.contains("'<' not supported between instances of"), "{}", mixed.message);
        let nan = render("{{ ([5, 3, 'nan'|float, 1] * 40) | sort | length }}").unwrap();
        assert_eq!(nan.text, "160");
    }
}
