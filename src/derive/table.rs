//! Knowledge as sorted text: one fact a line, key first, fields separated by tabs; searched in place, no work at start.

/// A sorted text table: lines of tab-separated fields, ordered by their first field, byte by byte.
#[derive(Debug, Clone, Copy)]
pub struct Table(pub &'static str);

impl Table {
    /// The rows of `key`, each without it.
    pub fn rows<'k>(&self, key: &'k str) -> impl Iterator<Item = &'static str> + use<'k> {
        let rows = self.lines_from(self.start_of(key));
        rows.map_while(move |line| line.strip_prefix(key).and_then(|rest| rest.strip_prefix('\t')))
    }

    /// The first row of `key`, without it.
    pub fn row(&self, key: &str) -> Option<&'static str> {
        self.rows(key).next()
    }

    /// The fields of the first row of `key`, behind it.
    pub fn fields(&self, key: &str) -> impl Iterator<Item = &'static str> + use<> {
        self.row(key).into_iter().flat_map(|row| row.split('\t'))
    }

    /// Whether there is a row of `key`.
    pub fn contains(&self, key: &str) -> bool {
        self.row(key).is_some()
    }

    /// Every line: for tests and for lists in messages.
    pub fn lines(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.lines_from(0)
    }

    fn lines_from(self, start: usize) -> impl Iterator<Item = &'static str> + use<> {
        let mut at = start;
        std::iter::from_fn(move || {
            let end = self.line_end(at);
            let line = self.0.get(at..end).filter(|_| at < self.0.len());
            at = end.saturating_add(1);
            line
        })
    }

    /// Where the first line begins whose key is not less than `key`.
    fn start_of(&self, key: &str) -> usize {
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let middle = low.midpoint(high);
            let line = self.line_start(middle);
            let end = self.line_end(middle);
            if self.key_at(line, end) < key {
                low = end.saturating_add(1);
            } else {
                high = line;
            }
        }
        low
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.0.as_bytes().get(..at).unwrap_or_default();
        let (_, chunks) = before.as_rchunks::<CHUNK>();
        let near = before.len().saturating_sub(without_newline(chunks.iter().rev()));
        let newline = before.get(..near).unwrap_or_default().iter().rposition(|&byte| byte == b'\n');
        newline.map_or(0, |newline| newline.saturating_add(1))
    }

    fn line_end(&self, at: usize) -> usize {
        let behind = self.0.as_bytes().get(at..).unwrap_or_default();
        let (chunks, _) = behind.as_chunks::<CHUNK>();
        let near = at.saturating_add(without_newline(chunks.iter()));
        let newline = self.0.as_bytes().get(near..).unwrap_or_default().iter().position(|&byte| byte == b'\n');
        newline.map_or(self.0.len(), |length| near.saturating_add(length))
    }

    fn key_at(&self, start: usize, end: usize) -> &str {
        let line = self.0.get(start..end).unwrap_or_default();
        line.split('\t').next().unwrap_or(line)
    }
}

/// Bytes looked at together.
const CHUNK: usize = 16;

/// How many bytes the chunks take before one with a newline.
fn without_newline<'c>(chunks: impl Iterator<Item = &'c [u8; CHUNK]>) -> usize {
    let has_newline = |chunk: &[u8; CHUNK]| chunk.iter().fold(false, |found, &byte| found | (byte == b'\n'));
    chunks.take_while(|chunk| !has_newline(chunk)).count().saturating_mul(CHUNK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_their_whole_key() {
        let table = Table("a\t1\nab\t2\nab\t3\nb-c\t4\tx\n");
        assert_eq!(table.rows("ab").collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(table.row("a"), Some("1"));
        assert_eq!(table.fields("b-c").collect::<Vec<_>>(), ["4", "x"]);
        for absent in ["", "A", "aa", "abc", "b", "c"] {
            assert_eq!(table.row(absent), None, "{absent}");
        }
    }

    #[test]
    fn lines_of_every_length_are_found() {
        let lines: Vec<String> = (0..99).map(|length| format!("{length:02}\t{}", "x".repeat(length))).collect();
        let table = Table(lines.join("\n").leak());
        for (length, line) in lines.iter().enumerate() {
            assert_eq!(table.row(&format!("{length:02}")), line.get(3..), "{line}");
        }
        assert!(table.lines().eq(lines.iter().map(String::as_str)));
        assert_eq!(Table("").lines().count(), 0);
        assert!(Table("a\n\nb\n").lines().eq(["a", "", "b"]));
    }
}
