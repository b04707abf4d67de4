//! The list of files.

use super::claim::{Difference, claim};
use crate::diagnostic::{Findings, Origin, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog lists files, and the file that is judged is not one of them: the entry was written for another
    /// edition of the model. Folders on the way are not compared.
    FILES = ("CAT118", "files-claim", Note, "check that the entry's path names the file that the entry was written for, then correct the catalog's files");
}

/// The judged file must be one that the catalog lists.
pub static CLAIM: Rule = Rule { name: "files-claim", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(claim), [file]) = (claim(case, "files"), case.facts.files.as_slice()) else { return };
    let Value::Array(listed) = claim.value else { return };
    let mut names = listed.iter().filter_map(Value::as_str).map(last).peekable();
    if names.peek().is_some() && !names.any(|name| name == last(&file.name)) {
        let (fact, origin) = (vec![file.name.clone()].into(), Origin::file(&file.name));
        findings.push(Difference { cause: &FILES, what: "the files", claim, fact, origin }.finding());
    }
}

fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
