//! Every file that the index names must be a file of the model's own.

use super::download::words;
use super::{folder, some};
use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::facts::folder::{INDEX, ShardFacts};
use crate::rules::{Case, Rule};
use crate::source::Resolved;

cause! {
    /// The index names shards that are not there: the download did not end, or the index is another model's.
    SHARD_MISSING = ("BNDL109", "shard-missing", Error, "fetch the missing shards from the model's source");
    /// The index names a file outside of the model's folder. transformers joins the name without a look and reads
    /// whatever is there.
    SHARD_OUTSIDE = ("BNDL110", "shard-outside", Error, "do not load this model; fetch it again from a source that you trust");
    /// The index names something that is no regular file.
    SHARD_ODD = ("BNDL111", "shard-not-a-file", Error, "fetch the shard again from the model's source");
}

/// Every shard must be a file of the model's own.
pub static SHARDS: Rule = Rule { name: "shards", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(index) = folder(case).and_then(|folder| folder.index.as_ref()) else { return };
    let missing: Vec<&str> = names(&index.shards, |resolved| matches!(resolved, Resolved::Missing));
    if let Some(first) = missing.first() {
        let total = missing.len() as u64;
        let message = format!(
            "{INDEX} names {} shards, {total} of them are not there: {}",
            index.shards.len(),
            some(missing.iter().copied(), total)
        );
        let found = (index.shards.len() as u64).saturating_sub(total);
        let finding = Diagnostic::new(&SHARD_MISSING, message).expected(index.shards.len()).found(found);
        findings.push(finding.at(Origin::file(INDEX).key(*first)));
    }
    for shard in &index.shards {
        // A link of the folder itself has its finding from the folder.
        let listed = case.facts.odd.iter().any(|(name, _)| *name == shard.name);
        let cause = match shard.resolved {
            Resolved::File(_) | Resolved::Missing => continue,
            _ if listed => continue,
            Resolved::Outside(_) => &SHARD_OUTSIDE,
            _ => &SHARD_ODD,
        };
        let message = format!("{INDEX} names {}, which {}", shard.name, words(&shard.resolved));
        let origin = Origin::file(INDEX).key("/weight_map");
        findings.push(Diagnostic::new(cause, message).found(shard.name.as_str()).at(origin));
    }
}

fn names(shards: &[ShardFacts], wanted: fn(&Resolved) -> bool) -> Vec<&str> {
    shards.iter().filter(|shard| wanted(&shard.resolved)).map(|shard| shard.name.as_str()).collect()
}
