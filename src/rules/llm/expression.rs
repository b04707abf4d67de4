//! The small language of the tables: sums and products of config keys, and conditions on a layer's number.
//!
//! Everything may be unknown: a key that is absent, a list that only the class makes, an overflow. What rests on it is
//! then unknown as well, and nothing is said about it.

/// What names mean.
pub(super) trait Scope {
    /// The number of a key.
    fn number(&self, key: &str) -> Option<i64>;
    /// The length of a list.
    fn length(&self, key: &str) -> Option<i64>;
    /// Whether the list under `key` holds `text` at place `at`.
    fn is_at(&self, key: &str, at: i64, text: &str) -> Option<bool>;
    /// Whether the list under `key` holds `number`.
    fn holds(&self, key: &str, number: i64) -> Option<bool>;
}

/// Deepest nesting of brackets: the tables have two.
const DEPTH: usize = 8;

/// The value of an expression.
pub(super) fn value(text: &str, scope: &dyn Scope) -> Option<i64> {
    let mut parser = Parser { rest: text, scope, layer: None, depth: DEPTH };
    let value = parser.sum()?;
    parser.rest.trim().is_empty().then_some(value)
}

/// Whether a condition holds for layer `layer`.
pub(super) fn holds(text: &str, layer: i64, scope: &dyn Scope) -> Option<bool> {
    let mut parser = Parser { rest: text, scope, layer: Some(layer), depth: DEPTH };
    let truth = parser.any().ok()?;
    parser.rest.trim().is_empty().then_some(truth)?
}

struct Parser<'t, 's> {
    rest: &'t str,
    scope: &'s dyn Scope,
    layer: Option<i64>,
    depth: usize,
}

/// The text is none of the language. The tables are tested not to hold such.
struct Malformed;

/// A sign and what it asks of two numbers.
type Operator = (&'static str, fn(&i64, &i64) -> bool);

/// Longer signs first.
static OPERATORS: [Operator; 6] =
    [("==", i64::eq), ("!=", i64::ne), (">=", i64::ge), ("<=", i64::le), ("<", i64::lt), (">", i64::gt)];

type Truth = Result<Option<bool>, Malformed>;

impl<'t> Parser<'t, '_> {
    fn take(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let behind = rest.strip_prefix(word);
        // A word must end where it ends.
        let whole = |behind: &str| {
            !word.ends_with(|c: char| c.is_ascii_alphabetic())
                || !behind.starts_with(|c: char| c.is_ascii_alphanumeric())
        };
        match behind.filter(|behind| whole(behind)) {
            Some(behind) => {
                self.rest = behind;
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Truth {
        let mut truth = self.all()?;
        while self.take("or") {
            let right = self.all()?;
            truth = match (truth, right) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        Ok(truth)
    }

    fn all(&mut self) -> Truth {
        let mut truth = self.not()?;
        while self.take("and") {
            let right = self.not()?;
            truth = match (truth, right) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Ok(truth)
    }

    fn not(&mut self) -> Truth {
        if self.take("not") {
            return Ok(self.not()?.map(|truth| !truth));
        }
        let before = self.rest;
        if let Ok(truth) = self.comparison() {
            return Ok(truth);
        }
        self.rest = before;
        self.bracket(Self::any)
    }

    fn bracket<T>(&mut self, inner: fn(&mut Self) -> Result<T, Malformed>) -> Result<T, Malformed> {
        self.depth = self.depth.checked_sub(1).ok_or(Malformed)?;
        if !self.take("(") {
            return Err(Malformed);
        }
        let value = inner(self)?;
        self.depth = self.depth.saturating_add(1);
        if self.take(")") { Ok(value) } else { Err(Malformed) }
    }

    fn comparison(&mut self) -> Truth {
        if let Some(key) = self.subscript() {
            return self.kind(key);
        }
        let left = self.remainder()?;
        if self.take("not in") {
            let key = self.word().ok_or(Malformed)?;
            return Ok(left.and_then(|number| self.scope.holds(key, number)).map(|truth| !truth));
        }
        if self.take("in") {
            let key = self.word().ok_or(Malformed)?;
            return Ok(left.and_then(|number| self.scope.holds(key, number)));
        }
        for (sign, compare) in OPERATORS {
            if self.take(sign) {
                let right = self.remainder()?;
                return Ok(left.zip(right).map(|(left, right)| compare(&left, &right)));
            }
        }
        Err(Malformed)
    }

    /// `key[i]`
    fn subscript(&mut self) -> Option<&'t str> {
        let before = self.rest;
        let key = self.word();
        match key {
            Some(key) if self.take("[i]") => Some(key),
            _ => {
                self.rest = before;
                None
            }
        }
    }

    /// What stands behind `key[i]`.
    fn kind(&mut self, key: &str) -> Truth {
        let layer = self.layer.ok_or(Malformed)?;
        if self.take("==") {
            let text = self.quoted()?;
            return Ok(self.scope.is_at(key, layer, text));
        }
        if self.take("!=") {
            let text = self.quoted()?;
            return Ok(self.scope.is_at(key, layer, text).map(|truth| !truth));
        }
        if !self.take("in") || !self.take("[") {
            return Err(Malformed);
        }
        let mut truth = Some(false);
        loop {
            let text = self.quoted()?;
            truth = match (truth, self.scope.is_at(key, layer, text)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
            if self.take("]") {
                return Ok(truth);
            }
            if !self.take(",") {
                return Err(Malformed);
            }
        }
    }

    fn quoted(&mut self) -> Result<&'t str, Malformed> {
        if !self.take("'") {
            return Err(Malformed);
        }
        let (text, rest) = self.rest.split_once('\'').ok_or(Malformed)?;
        self.rest = rest;
        Ok(text)
    }

    /// A sum, or the remainder of one.
    fn remainder(&mut self) -> Result<Option<i64>, Malformed> {
        let left = self.arithmetic()?;
        if !self.take("%") {
            return Ok(left);
        }
        let right = self.arithmetic()?;
        Ok(left.zip(right).and_then(|(left, right)| left.checked_rem_euclid(right)))
    }

    /// A sum whose keys may be unknown, but which must be a sum.
    fn arithmetic(&mut self) -> Result<Option<i64>, Malformed> {
        let before = self.rest;
        let value = self.sum();
        if self.rest.len() == before.len() { Err(Malformed) } else { Ok(value) }
    }

    fn sum(&mut self) -> Option<i64> {
        let mut sum = self.product();
        loop {
            let right: fn(i64, i64) -> Option<i64> = match () {
                () if self.take("+") => i64::checked_add,
                () if self.take("-") => i64::checked_sub,
                () => return sum,
            };
            let product = self.product();
            sum = sum.zip(product).and_then(|(left, product)| right(left, product));
        }
    }

    fn product(&mut self) -> Option<i64> {
        let mut product = self.factor();
        loop {
            let right: fn(i64, i64) -> Option<i64> = match () {
                () if self.take("//") => i64::checked_div_euclid,
                () if self.take("*") => i64::checked_mul,
                () => return product,
            };
            let factor = self.factor();
            product = product.zip(factor).and_then(|(left, factor)| right(left, factor));
        }
    }

    fn factor(&mut self) -> Option<i64> {
        if self.rest.trim_start().starts_with('(') {
            return self.bracket(|parser| parser.arithmetic()).ok().flatten();
        }
        let word = self.word()?;
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return word.parse().ok();
        }
        if word == "len" && self.take("(") {
            let key = self.word()?;
            return self.take(")").then(|| self.scope.length(key)).flatten();
        }
        match word {
            "i" if self.layer.is_some() => self.layer,
            key => self.scope.number(key),
        }
    }

    fn word(&mut self) -> Option<&'t str> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end).filter(|(word, _)| !word.is_empty())?;
        self.rest = behind;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Scope for Fixed {
        fn number(&self, key: &str) -> Option<i64> {
            Some(match key {
                "hidden_size" => 64,
                "heads" => 4,
                "zero" => 0,
                _ => return None,
            })
        }

        fn length(&self, _: &str) -> Option<i64> {
            Some(3)
        }

        fn is_at(&self, key: &str, at: i64, text: &str) -> Option<bool> {
            (key == "kinds").then(|| ["a", "b", "a"].get(usize::try_from(at).ok()?).map(|kind| *kind == text))?
        }

        fn holds(&self, key: &str, number: i64) -> Option<bool> {
            (key == "list").then_some(number == 2)
        }
    }

    #[test]
    fn sums_and_products() {
        for (text, expected) in [
            ("hidden_size", Some(64)),
            ("3*hidden_size", Some(192)),
            ("hidden_size+2*heads*(hidden_size//heads)", Some(192)),
            ("2*heads-1", Some(7)),
            ("len(kinds)", Some(3)),
            ("hidden_size//zero", None),
            ("absent*2", None),
            ("?", None),
        ] {
            assert_eq!(value(text, &Fixed), expected, "{text}");
        }
    }

    #[test]
    fn conditions() {
        for (text, layer, expected) in [
            ("i >= heads", 4, Some(true)),
            ("i < absent", 4, None),
            ("(i+1) % heads == 0", 3, Some(true)),
            ("(i+1) % heads == 0 and i >= heads", 3, Some(false)),
            ("i in list or (i+1) % heads != 0", 2, Some(true)),
            ("i not in list and (i+1) % heads == 0", 2, Some(false)),
            ("kinds[i] == 'a'", 0, Some(true)),
            ("not (kinds[i] == 'a')", 1, Some(true)),
            ("kinds[i] in ['x', 'b']", 1, Some(true)),
            ("other[i] == 'a'", 1, None),
            ("hidden_size != heads", 0, Some(true)),
            ("i % zero == 0", 0, None),
            ("?", 0, None),
        ] {
            assert_eq!(holds(text, layer, &Fixed), expected, "{text}");
        }
    }
}
