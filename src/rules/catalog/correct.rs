//! The corrected entry.

use super::ask;
use crate::catalog::ModelEntry;
use crate::rules::Case;
use serde_json::Value;

/// Most rounds of correction: a corrected type lets its own fields be seen, and those are right at once.
const ROUNDS: usize = 3;

/// The document of the entry with every claim corrected and every missing critical field filled in; fields that modelgate
/// does not know stay as they are. Nothing where the case has no entry, or the document is not the entry's.
pub fn correct(case: &Case<'_>, document: &Value) -> Option<Value> {
    let mut document = document.clone();
    let mut entry = case.entry?.clone();
    for _ in 0..ROUNDS {
        let findings = ask(&Case { entry: Some(&entry), ..*case });
        let mut fixes = findings.diagnostics.iter().filter_map(|finding| finding.fix.as_deref()).peekable();
        if fixes.peek().is_none() {
            break;
        }
        fixes.for_each(|fix| fix.apply(&mut document));
        entry = serde_json::from_value::<ModelEntry>(document.clone()).ok()?;
    }
    Some(document)
}
