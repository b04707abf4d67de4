//! What only image, video and audio models claim.

use super::claim::{Claim, Difference, claim, origin, text};
use crate::catalog::base_model::word;
use crate::config::{Config, ImageConfig};
use crate::diagnostic::{Cause, Findings, cause};
use crate::rules::{Case, Rule};
use serde_json::Value;

cause! {
    /// The catalog takes the file for another part of a pipeline than it is: an adapter for a checkpoint, a VAE for an
    /// embedding. Workers load it in the wrong place.
    CHECKPOINT_TYPE = ("CAT112", "checkpoint-type-claim", Error, "correct the catalog's checkpoint_type");
    /// The catalog's resolution is not the one that the model was trained for. Pictures of another size are distorted.
    RESOLUTION = ("CAT113", "resolution-claim", Warning, "correct the catalog's resolution");
    /// The catalog says that the file holds a VAE and it does not, or the other way round.
    VAE = ("CAT114", "vae-claim", Warning, "correct the catalog's vae: 'baked' where the file holds one, else the name of the VAE's file");
    /// The catalog's clip skip is not the one that the file states.
    CLIP_SKIP = ("CAT115", "clip-skip-claim", Note, "correct the catalog's clip_skip");
    /// The catalog's sample rate is not the one that the file states. Sound plays too fast or too slow.
    SAMPLE_RATE = ("CAT120", "sample-rate-claim", Warning, "correct the catalog's sample_rate");
}

/// What the catalog claims of an image, video or audio model must be what the files say.
pub static CLAIM: Rule = Rule { name: "picture-claims", causes: CAUSES, check };

fn check(case: &Case<'_>, findings: &mut Findings) {
    match &case.derived.config {
        Some(Config::Image(config)) => image(case, config, findings),
        Some(Config::Video(config)) => resolution(case, config.resolution, findings),
        Some(Config::Audio(config)) => {
            let same = |claim: &Value, fact: &Value| claim.as_u64().is_none() || claim == fact;
            let rate = config.sample_rate.map(Value::from);
            compare(case, &SAMPLE_RATE, ("sample_rate", "the sample rate"), rate, same, findings);
        }
        _ => {}
    }
}

fn image(case: &Case<'_>, config: &ImageConfig, findings: &mut Findings) {
    let kind = config.checkpoint_type.and_then(|kind| serde_json::to_value(kind).ok());
    compare(case, &CHECKPOINT_TYPE, ("checkpoint_type", "the checkpoint type"), kind, same_kind, findings);
    resolution(case, config.resolution, findings);
    let vae = config.vae.clone().map(Value::from);
    compare(case, &VAE, ("vae", "the VAE"), vae, same_vae, findings);
    let skip = config.clip_skip.map(Value::from);
    let same = |claim: &Value, fact: &Value| claim.as_u64().is_none() || claim == fact;
    compare(case, &CLIP_SKIP, ("clip_skip", "a clip skip of"), skip, same, findings);
}

fn resolution(case: &Case<'_>, fact: Option<(u32, u32)>, findings: &mut Findings) {
    let fact = fact.map(|(width, height)| Value::from(vec![width, height]));
    compare(case, &RESOLUTION, ("resolution", "the resolution"), fact, same_resolution, findings);
}

/// Reports the claim of the field, with the words for it, unless it is the `same` as the fact.
fn compare(
    case: &Case<'_>,
    cause: &'static Cause,
    (field, what): (&'static str, &'static str),
    fact: Option<Value>,
    same: fn(&Value, &Value) -> bool,
    findings: &mut Findings,
) {
    let (Some(claim), Some(fact)): (Option<Claim<'_>>, _) = (claim(case, field), fact) else { return };
    if !same(claim.value, &fact) {
        findings.push(Difference { cause, what, claim, fact, origin: origin(case, field) }.finding());
    }
}

/// Every spelling that the config's reader takes is one.
fn same_kind(claim: &Value, fact: &Value) -> bool {
    let kind = |value: &Value| serde_json::from_value::<crate::config::CheckpointType>(value.clone());
    kind(claim).is_ok_and(|claimed| kind(fact).is_ok_and(|fact| fact == claimed)) || kind(claim).is_err()
}

fn same_resolution(claim: &Value, fact: &Value) -> bool {
    let read = |value: &Value| {
        let config = serde_json::json!({ "resolution": value });
        serde_json::from_value::<ImageConfig>(config).ok().and_then(|config| config.resolution)
    };
    read(claim).is_none() || read(claim) == read(fact)
}

/// A named VAE beside a model that holds none is no lie; only `baked` against none is, and none against `baked`.
fn same_vae(claim: &Value, fact: &Value) -> bool {
    let baked = |value: &Value| text(value).map(|text| matches!(word(text).as_str(), "baked" | "bakedin" | "builtin"));
    let none = |value: &Value| text(value).is_some_and(|text| matches!(word(text).as_str(), "none" | "external"));
    match (baked(claim), baked(fact)) {
        (Some(true), Some(false)) => false,
        (Some(false), Some(true)) => !none(claim),
        _ => true,
    }
}
