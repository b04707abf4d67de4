//! Tensors that a later shard overwrites.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::facts::folder::INDEX;
use crate::rules::bundle::{folder, some};
use crate::rules::{Case, Rule};

cause! {
    /// The index says which shard has a tensor, and a later shard has one of the same name. vLLM asks the index only for the
    /// list of files and loads every tensor of each, in the order of names, so the later one overwrites the right one and the
    /// model answers garbage: https://github.com/vllm-project/vllm/pull/54230.
    STALE = ("VLLM112", "vllm-stale-tensor", Error, "save the model again, so that each tensor stands in one shard only");
}

/// No shard overwrites what the index takes from another.
pub static RULE: Rule = Rule { name: "vllm-stale", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(index) = folder(case).and_then(|folder| folder.index.as_ref()) else { return };
    let (count, examples) = &index.overwritten;
    let Some((first, shard)) = examples.first() else { return };
    let names = some(examples.iter().map(|(name, _)| name.as_str()), *count);
    let message =
        format!("{shard} has tensors that {INDEX} takes from other shards, and is loaded after them: {names}");
    findings.push(Diagnostic::new(&STALE, message).found(*count).at(Origin::file(shard).key(first)));
}
