//! A block that a family has many times: its tensors, spelled once.

/// Most dimensions of a tensor in the families that are declared tensor by tensor.
const RANK: usize = 4;

/// The tensors of a block by what stands behind the block's own name.
#[derive(Default)]
pub(super) struct Template {
    /// The names, one behind the other.
    names: String,
    rows: Vec<Row>,
    /// The places of rows in the order of names.
    order: Vec<usize>,
}

/// Where a name stands, and its shape; a shape without dimensions stands for any.
struct Row {
    start: usize,
    end: usize,
    sizes: [u64; RANK],
    rank: usize,
}

/// One tensor of a block.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'t> {
    pub(super) leaf: &'t [u8],
    pub(super) shape: &'t [u64],
}

impl Template {
    /// The block that `declare` puts together.
    pub(super) fn new(declare: impl FnOnce(&mut Self)) -> Self {
        let mut template = Self::default();
        declare(&mut template);
        let mut order: Vec<usize> = (0..template.rows.len()).collect();
        let leaf = |place: &usize| template.rows.get(*place).map(|row| template.wanted(row).leaf);
        if !order.is_sorted_by_key(leaf) {
            order.sort_by_key(leaf);
        }
        template.order = order;
        template
    }

    /// Wants a tensor whose name is that of `parts` together.
    fn put(&mut self, parts: [&str; 3], shape: &[u64]) {
        let start = self.names.len();
        parts.iter().for_each(|part| self.names.push_str(part));
        let mut sizes = [0; RANK];
        sizes.iter_mut().zip(shape).for_each(|(place, size)| *place = *size);
        self.rows.push(Row { start, end: self.names.len(), sizes, rank: shape.len() });
    }

    /// Wants one tensor.
    pub(super) fn want(&mut self, stem: &str, leaf: &str, shape: &[u64]) {
        self.put([stem, leaf, ""], shape);
    }

    /// Wants `bias` and `weight` behind `leaf`.
    pub(super) fn pair(&mut self, stem: &str, leaf: &str, shape: &[u64]) {
        self.put([stem, leaf, ".bias"], shape.get(..1).unwrap_or_default());
        self.put([stem, leaf, ".weight"], shape);
    }

    /// How many tensors the block has.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    #[inline]
    fn wanted<'t>(&'t self, row: &'t Row) -> Wanted<'t> {
        let leaf = self.names.as_bytes().get(row.start..row.end).unwrap_or_default();
        Wanted { leaf, shape: row.sizes.get(..row.rank).unwrap_or_default() }
    }

    /// The names and shapes of the tensors, as they were declared.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[u64])> {
        let name = |row: &Row| self.names.get(row.start..row.end).unwrap_or_default();
        self.rows.iter().map(move |row| (name(row), self.wanted(row).shape))
    }

    /// The tensors in the order of their names.
    pub(super) fn sorted(&self) -> impl Iterator<Item = Wanted<'_>> {
        self.order.iter().filter_map(|place| self.rows.get(*place)).map(|row| self.wanted(row))
    }
}

/// Writes `number` and a dot behind the first `length` bytes of `stem`.
pub(super) fn number(stem: &mut String, length: usize, number: u64) {
    stem.truncate(length);
    if number >= 10 {
        stem.push_str(&(number / 10).to_string());
    }
    let digit = u8::try_from(number % 10).unwrap_or_default();
    stem.push(char::from(b'0'.saturating_add(digit)));
    stem.push('.');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_both_orders() {
        let template = Template::new(|block| {
            block.pair("", "norm", &[4]);
            block.want("attn.", "q.weight", &[4, 4]);
        });
        let declared: Vec<_> = template.iter().map(|(leaf, _)| leaf).collect();
        assert_eq!(declared, ["norm.bias", "norm.weight", "attn.q.weight"]);
        let first = template.sorted().next().unwrap();
        assert_eq!((first.leaf, first.shape), (b"attn.q.weight".as_slice(), [4, 4].as_slice()));
        assert_eq!(template.sorted().count(), 3);
    }

    #[test]
    fn numbers_follow_a_stem() {
        let mut stem = "blocks.".to_owned();
        for known in [0, 9, 10, 127] {
            number(&mut stem, 7, known);
            assert_eq!(stem, format!("blocks.{known}."));
        }
    }
}
