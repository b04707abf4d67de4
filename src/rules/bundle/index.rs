//! The index must agree with the headers of its shards.

use super::{folder, some};
use crate::diagnostic::{Cause, Diagnostic, Findings, Origin, cause};
use crate::facts::folder::{INDEX as FILE, IndexFacts};
use crate::rules::{Case, Rule};
use crate::source::Resolved;
use std::collections::BTreeSet;

cause! {
    /// The index promises a tensor that no shard holds: the index is stale, or a shard is another model's.
    ABSENT = ("BNDL112", "index-promises-absent-tensor", Warning, "fetch the index and the shards again from one source");
    /// A tensor stands in another shard than the index says. transformers reads whole files and does not mind; vLLM
    /// takes it from where it is as well.
    MISPLACED = ("BNDL113", "index-misplaces-tensor", Warning, "save the index again");
    /// A shard holds a tensor that the index does not name. It is read all the same where the shard is opened for
    /// another tensor.
    UNNAMED = ("BNDL114", "index-omits-tensor", Warning, "save the index again");
    /// The index states another total than the tensors have. No loader looks at it, but a total that is too large is
    /// a sign of lost tensors.
    TOTAL = ("BNDL115", "index-total-size", Warning, "save the index again, or fetch the model again if tensors were lost");
    /// One name stands in several shards: which one counts depends on the loader's order.
    TWICE = ("BNDL116", "tensor-in-two-shards", Warning, "fetch the shards again from one source, or save the model again");
}

/// The index must agree with its shards.
pub static INDEX: Rule = Rule { name: "index", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(index) = folder(case).and_then(|folder| folder.index.as_ref()) else { return };
    let lists: [(&'static Cause, _, _); 4] = [
        (&ABSENT, &index.absent, "names tensors that no shard holds"),
        (&MISPLACED, &index.misplaced, "names the wrong shard for tensors"),
        (&UNNAMED, &index.unnamed, "does not name tensors that its shards hold"),
        (&TWICE, &index.twice, "has shards that hold the same tensors"),
    ];
    for (cause, (count, examples), words) in lists {
        if let Some((first, shard)) = examples.first() {
            let names = some(examples.iter().map(|(name, _)| name.as_str()), *count);
            let message = format!("{FILE} {words}: {names} ({shard})");
            findings.push(Diagnostic::new(cause, message).found(*count).at(Origin::file(FILE).key(first)));
        }
    }
    total_size(case, index, findings);
}

/// The stated total may count the tensors' bytes, or the files' as some writers do.
fn total_size(case: &Case<'_>, index: &IndexFacts, findings: &mut Findings) {
    let shards = index.shards.iter().map(|shard| match &shard.resolved {
        Resolved::File(file) => Some(file),
        _ => None,
    });
    let Some(files): Option<Vec<_>> = shards.collect() else { return };
    let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let (mut read, mut bytes) = (0_usize, 0_u64);
    for header in case.facts.safetensors.iter().filter(|header| names.contains(header.file.as_str())) {
        read = read.saturating_add(1);
        bytes = bytes.saturating_add(header.tensors.size_bytes());
    }
    let on_disk = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size_bytes));
    let Some(stated) = index.total_size.filter(|&stated| read == files.len() && stated != bytes && stated != on_disk)
    else {
        return;
    };
    let message = format!("{FILE} states {stated} bytes in total, the shards' tensors have {bytes}");
    let origin = Origin::file(FILE).key("/metadata/total_size");
    findings.push(Diagnostic::new(&TOTAL, message).expected(bytes).found(stated).at(origin));
}
