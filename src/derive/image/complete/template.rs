//! A block that a family has many times: a table of its tensors, whose sizes are told in the block's widths.

/// Most dimensions of a tensor in the families that are declared tensor by tensor.
const RANK: usize = 4;

/// The widths that one block has.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Widths {
    pub(super) input: u64,
    pub(super) output: u64,
    /// What comes in from elsewhere: the time, or the text.
    pub(super) side: u64,
}

/// The size of one axis: so many times a number, or a width of the block.
#[derive(Clone, Copy)]
pub(super) struct Size {
    unit: Unit,
    times: u64,
}

/// What a size is counted in.
#[derive(Clone, Copy)]
enum Unit {
    In,
    One,
    Out,
    Side,
}

/// So many times the block's input.
pub(super) const fn input(times: u64) -> Size {
    Size { unit: Unit::In, times }
}

/// Just so many.
pub(super) const fn just(times: u64) -> Size {
    Size { unit: Unit::One, times }
}

/// So many times the block's output.
pub(super) const fn output(times: u64) -> Size {
    Size { unit: Unit::Out, times }
}

/// So many times what comes in from elsewhere.
pub(super) const fn side(times: u64) -> Size {
    Size { unit: Unit::Side, times }
}

impl Widths {
    /// The widths in the order of units.
    pub(super) fn by_unit(self) -> [u64; 4] {
        [self.input, 1, self.output, self.side]
    }
}

impl Size {
    #[inline]
    fn of(self, widths: &[u64; 4]) -> u64 {
        let width = widths.get(self.unit as usize).copied();
        self.times.wrapping_mul(width.unwrap_or_default())
    }
}

/// One tensor: what stands behind the block's own name, and its shape.
pub(super) type Row = (&'static str, &'static [Size]);

/// The tensors of a block.
#[derive(Clone, Copy)]
pub(super) struct Template {
    /// In the order of names.
    pub(super) rows: &'static [Row],
    /// The places of rows in the order in which they are missed; empty where that is the order of names.
    pub(super) missed: &'static [usize],
}

impl Template {
    pub(super) const fn new(rows: &'static [Row]) -> Self {
        Self { rows, missed: &[] }
    }

    /// The rows in the order in which they are missed.
    pub(super) fn missed(self) -> impl Iterator<Item = &'static Row> {
        let named = if self.missed.is_empty() { self.rows } else { &[] };
        named.iter().chain(self.missed.iter().filter_map(move |place| self.rows.get(*place)))
    }
}

/// Whether `shape` is what `sizes` are in a block of these widths, filled up with ones as engines do.
#[inline]
pub(super) fn fits(shape: &[u64], sizes: &[Size], widths: &[u64; 4]) -> bool {
    let is = |size: &u64, wanted: &Size| *size == wanted.of(widths);
    match (shape, sizes) {
        // Nearly all are so short.
        ([size], [wanted]) => is(size, wanted),
        ([rows, columns], [first, second]) => is(rows, first) && is(columns, second),
        _ => {
            let common = shape.iter().zip(sizes).all(|(size, wanted)| is(size, wanted));
            let more = || sizes.iter().skip(shape.len()).all(|wanted| wanted.of(widths) == 1);
            common && more() && shape.iter().skip(sizes.len()).all(|size| *size == 1)
        }
    }
}

/// The sizes in a block of these widths, and how many they are.
pub(super) fn sized(sizes: &[Size], widths: Widths) -> ([u64; RANK], usize) {
    let (mut shape, widths) = ([0; RANK], widths.by_unit());
    shape.iter_mut().zip(sizes).for_each(|(place, size)| *place = size.of(&widths));
    (shape, sizes.len())
}

/// Puts `number` and a dot behind `name`.
pub(super) fn push_number(name: &mut String, number: u64) {
    match number {
        0..10 => {}
        10..100 => name.push(digit(number / 10)),
        _ => name.push_str(&(number / 10).to_string()),
    }
    name.push(digit(number));
    name.push('.');
}

fn digit(number: u64) -> char {
    u8::try_from(number % 10).map_or('0', |digit| char::from(b'0'.saturating_add(digit)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Tables must stand in the order of names.
    pub(in super::super) fn check(template: Template) {
        assert!(template.rows.is_sorted_by_key(|(leaf, _)| leaf.as_bytes()));
        assert!(template.rows.iter().all(|(_, sizes)| sizes.len() <= RANK));
        assert_eq!(template.missed().count(), template.rows.len());
    }

    #[test]
    fn rows_are_missed_in_an_order_of_their_own() {
        static ROWS: [Row; 2] = [("k", &[output(2), side(1)]), ("q", &[])];
        let rows: &[Row] = &ROWS;
        let leaves = |template: Template| template.missed().map(|(leaf, _)| *leaf).collect::<Vec<_>>();
        assert_eq!(leaves(Template::new(rows)), ["k", "q"]);
        assert_eq!(leaves(Template { rows, missed: &[1, 0] }), ["q", "k"]);
        let widths = Widths { output: 4, side: 3, ..Widths::default() }.by_unit();
        assert!(fits(&[8, 3], rows[0].1, &widths) && !fits(&[8], rows[0].1, &widths));
        assert!(fits(&[8, 3, 1, 1], rows[0].1, &widths) && !fits(&[8, 3, 1, 2], rows[0].1, &widths));
        assert!(fits(&[8], &[output(2), just(1)], &widths));
    }

    #[test]
    fn numbers_follow_a_name() {
        for number in [0, 9, 10, 127] {
            let mut name = "blocks.".to_owned();
            push_number(&mut name, number);
            assert_eq!(name, format!("blocks.{number}."));
        }
    }
}
