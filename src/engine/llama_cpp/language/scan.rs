//! Cuts one line of a page into words and symbols.

/// What is left of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan {
    rest: &'static str,
}

/// The binary operators, longest first so that `<=` is not read as `<`.
const OPERATORS: [&str; 13] = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%"];

impl Scan {
    pub(super) fn new(line: &'static str) -> Self {
        Self { rest: line.trim() }
    }

    /// What is left, unread.
    pub(super) fn rest(&self) -> &'static str {
        self.rest
    }

    fn advance(&mut self, bytes: usize) -> &'static str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest.trim_start();
        taken
    }

    /// Takes `symbol` if it stands next, whatever follows.
    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let found = self.rest.starts_with(symbol);
        if found {
            self.advance(symbol.len());
        }
        found
    }

    /// Takes `word` if it stands next as a whole word.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let after = self.rest.strip_prefix(word).map(|rest| rest.bytes().next());
        let whole = after.is_some_and(|next| !next.is_some_and(is_word));
        if whole {
            self.advance(word.len());
        }
        whole
    }

    /// A name of letters, digits and underscores, with `$` before a local one.
    pub(super) fn name(&mut self) -> Option<&'static str> {
        let start = usize::from(self.rest.starts_with('$'));
        let tail = self.rest.get(start..)?;
        let length = tail.bytes().take_while(|byte| is_word(*byte)).count();
        if length == 0 {
            return None;
        }
        Some(self.advance(start.saturating_add(length)))
    }

    /// A decimal number.
    pub(super) fn number(&mut self) -> Option<i64> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = self.rest.get(..length)?.parse().ok()?;
        self.advance(length);
        Some(number)
    }

    /// Everything before the next of `ends`, outside braces.
    pub(super) fn until(&mut self, ends: &[u8]) -> &'static str {
        let mut depth = 0_usize;
        let end = self.rest.bytes().position(|byte| {
            match byte {
                b'{' => depth = depth.saturating_add(1),
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && ends.contains(&byte)
        });
        self.advance(end.unwrap_or(self.rest.len())).trim_end()
    }

    /// Everything before the next blank, outside braces: a key's or a tensor's name.
    pub(super) fn dotted(&mut self) -> &'static str {
        self.until(b" ")
    }

    /// The text between double quotes.
    pub(super) fn quoted(&mut self) -> Option<&'static str> {
        let (text, _) = self.rest.strip_prefix('"')?.split_once('"')?;
        self.advance(text.len().saturating_add(2));
        Some(text)
    }

    /// The binary operator that stands next, unread.
    pub(super) fn operator(&self) -> Option<&'static str> {
        OPERATORS.into_iter().find(|symbol| self.rest.starts_with(symbol)).filter(|_| !self.rest.starts_with("->"))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
