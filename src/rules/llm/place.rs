//! What the numbers in the table's names count.

/// What a number in a name counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Expert,
    Layer,
    Literal(u64),
}

/// The name with `#` for its counts, and what they count.
pub(super) fn pattern_of(name: &str) -> (String, Vec<Place>) {
    let mut places = Vec::new();
    let segments = name.split('.').map(|segment| {
        let place = match segment {
            "{i}" => Place::Layer,
            "{e}" | "{j}" => Place::Expert,
            digits => match digits.parse() {
                Ok(number) => Place::Literal(number),
                Err(_) => return segment,
            },
        };
        places.push(place);
        "#"
    });
    let pattern = segments.collect::<Vec<_>>().join(".");
    (pattern, places)
}

/// Layer and expert of the numbers of a name, if its literal numbers agree.
pub(super) fn counts(places: &[Place], numbers: &[u64]) -> Option<(u64, u64)> {
    let (mut layer, mut expert) = (0, 0);
    for (place, &number) in places.iter().zip(numbers) {
        match place {
            Place::Layer => layer = number,
            Place::Expert => expert = number,
            Place::Literal(wanted) if *wanted != number => return None,
            Place::Literal(_) => {}
        }
    }
    (places.len() == numbers.len()).then_some((layer, expert))
}
