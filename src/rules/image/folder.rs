//! A diffusers folder must hold the weights of every component that its index names.

use crate::diagnostic::{Diagnostic, Findings, Origin, cause};
use crate::rules::{Case, Rule};

cause! {
    /// The index names a component whose folder holds no weights: only its documents were fetched. diffusers would go
    /// to the hub for them, and fail offline.
    MISSING_WEIGHTS = ("IMG110", "folder-missing-weights", Error, "fetch the component's weights: diffusion_pytorch_model.safetensors, or model.safetensors for text encoders");
    /// A component's shard index names a file that is not there.
    MISSING_SHARD = ("IMG111", "folder-missing-shard", Error, "fetch the shard that is named");
    /// A component has weights and no `config.json`. diffusers builds nothing without it and refuses the folder; engines
    /// that go by names and shapes never look.
    MISSING_CONFIG = ("IMG112", "folder-missing-config", Warning, "fetch the component's config.json");
}

/// How many missing shards of a component are told one by one.
const SHOWN: usize = 16;

/// Every component with its weights.
pub static RULE: Rule = Rule { name: "diffusers-folder", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(diffusers) = &case.facts.diffusers else { return };
    for component in diffusers.components.iter().filter(|component| component.wants_weights()) {
        for shard in component.missing_shards.iter().take(SHOWN) {
            let message = format!("{}: the index names {shard}, which is not there", component.name);
            findings.push(Diagnostic::new(&MISSING_SHARD, message).found(shard.clone()).at(Origin::file(shard)));
        }
        if let Some(shard) = component.missing_shards.get(SHOWN) {
            let more = component.missing_shards.len().saturating_sub(SHOWN);
            let message =
                format!("{}: the index names {shard} and more, {more} in all, which are not there", component.name);
            findings.push(Diagnostic::new(&MISSING_SHARD, message).found(more).at(Origin::file(shard)));
        }
        let config = format!("{}/config.json", component.name);
        if !component.weights.is_empty() && !case.facts.files.iter().any(|file| file.name == config) {
            let message = format!("{}: its weights have no config.json beside them", component.name);
            findings.push(Diagnostic::new(&MISSING_CONFIG, message).at(Origin::file(config)));
        }
        if component.weights.is_empty() && component.missing_shards.is_empty() {
            let class = component.class.as_deref().unwrap_or("a component");
            let has = if component.exists { "only its documents" } else { "no folder" };
            let message = format!("{} ({class}) has {has}: its weights are missing", component.name);
            let finding = Diagnostic::new(&MISSING_WEIGHTS, message).expected(class).found(has);
            findings.push(finding.at(Origin::file(format!("{}/", component.name))));
        }
    }
}
