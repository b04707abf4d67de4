//! What metadata adds: it decides inside a family and never over one; what shapes contradict is kept as a conflict.

mod rows;
mod trigger;

use super::identity::{Conflict, Identity, Kind};
use super::listing::Listing;
use rows::Claim;

/// Refines `identity` by what the file says of itself.
pub(super) fn refine(identity: &mut Identity, listing: &Listing<'_>, file: &str) {
    if matches!(identity.kind, Kind::NotImage | Kind::Unknown) {
        return;
    }
    claim(identity, listing, "modelspec.architecture", rows::architecture);
    claim(identity, listing, "ss_base_model_version", rows::trainer_version);
    second(identity, listing);
    if identity.kind == Kind::VAE && rows::names_xl(file) {
        scaled_for_xl(identity, "file name");
    }
    if identity.conflicts.is_empty() {
        hint(identity, listing, file);
        resolution(identity, listing);
        prediction(identity, listing);
    }
    clip_skip(identity, listing);
    identity.trigger_words = trigger::words(listing);
}

/// Applies what `key` says, or keeps it as a conflict.
fn claim(identity: &mut Identity, listing: &Listing<'_>, key: &str, meaning: fn(&str) -> Option<&'static Claim>) {
    let Some(text) = listing.text(key) else { return };
    let Some(claim) = meaning(text) else { return };
    match identity.family {
        Some(family) if family == claim.family => narrow(identity, claim, key),
        Some(_) => identity.conflicts.push(Conflict {
            key: key.to_owned(),
            says: text.to_owned(),
            means: claim.family.to_owned(),
        }),
        None => {}
    }
}

/// Leaves the bases that both shapes and metadata allow.
fn narrow(identity: &mut Identity, claim: &Claim, key: &str) {
    let allowed = if identity.kind == Kind::Checkpoint { claim.checkpoint } else { claim.adapter };
    let both: Vec<&'static str> =
        allowed.iter().copied().filter(|base| identity.base_model_candidates.contains(base)).collect();
    if let (Some(first), false) = (both.first(), both.is_empty()) {
        if identity.base_model_candidates.len() > both.len() {
            key.clone_into(&mut identity.decided_by);
        }
        identity.base_model = Some(first);
        identity.base_model_candidates = both;
    }
    if identity.kind == Kind::Checkpoint && identity.prediction.is_none() {
        identity.prediction = claim.prediction;
    }
    if let (Kind::Checkpoint, Some(size)) = (identity.kind, claim.resolution) {
        identity.resolution = Some(size);
    }
}

/// Autoencoders of Stable Diffusion have one shape; what surrounds the file tells which of them this is.
pub(super) fn scaled_for_xl(identity: &mut Identity, source: &str) {
    let base = "SDXL 1.0";
    if identity.family == Some("sd1") && identity.base_model_candidates.contains(&base) {
        (identity.family, identity.base_model) = (Some("sdxl"), Some(base));
        source.clone_into(&mut identity.decided_by);
    }
}

/// sd-scripts notes whether the base was a Stable Diffusion 2.
fn second(identity: &mut Identity, listing: &Listing<'_>) {
    if listing.text("ss_v2") == Some("True") && identity.family == Some("sd1") {
        let (key, says, means) = ("ss_v2".to_owned(), "True".to_owned(), "sd2".to_owned());
        identity.conflicts.push(Conflict { key, says, means });
    }
}

/// The names of the base, of the file and of the model give hints among bases of one shape.
fn hint(identity: &mut Identity, listing: &Listing<'_>, file: &str) {
    let title = if identity.kind == Kind::Checkpoint { listing.text("modelspec.title") } else { None };
    let base = listing.text("ss_sd_model_name");
    // A file's name is the weakest hint: it is asked only where nothing inside the file decides.
    let file = Some(file).filter(|_| identity.kind == Kind::Checkpoint && identity.decided_by == "shapes");
    let sources = [("ss_sd_model_name", base), ("modelspec.title", title), ("file name", file)];
    for (source, text) in sources {
        let Some(text) = text else { continue };
        let Some(hint) = identity.family.and_then(|family| rows::hint(family, text)) else { continue };
        let Some(best) = hint.bases.iter().find(|base| identity.base_model_candidates.contains(base)) else { continue };
        identity.base_model = Some(best);
        source.clone_into(&mut identity.decided_by);
        if source == "file name" {
            // A file's name may say anything: it picks the best answer and rules nothing out.
            return;
        }
        let both = hint.bases.iter().copied().filter(|base| identity.base_model_candidates.contains(base));
        identity.base_model_candidates = both.collect();
        return;
    }
}

fn resolution(identity: &mut Identity, listing: &Listing<'_>) {
    let stated = ["ss_resolution", "modelspec.resolution"].iter().find_map(|key| size(listing.text(key)?));
    if let Some(stated) = stated {
        identity.resolution = Some(stated);
    }
}

/// `(512, 768)`, `512,768`, `512x768` or one number for both.
fn size(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).map(str::parse);
    let width = numbers.next()?.ok()?;
    let height = numbers.next().and_then(Result::ok).unwrap_or(width);
    (width > 0 && height > 0).then_some((width, height))
}

fn prediction(identity: &mut Identity, listing: &Listing<'_>) {
    if identity.kind != Kind::Checkpoint {
        return;
    }
    identity.prediction = match listing.text("modelspec.prediction_type") {
        Some("epsilon" | "eps") if identity.prediction.is_none() => Some("epsilon"),
        Some("v" | "v_prediction" | "v-prediction") if identity.prediction != Some("edm") => Some("v_prediction"),
        _ => identity.prediction,
    };
}

fn clip_skip(identity: &mut Identity, listing: &Listing<'_>) {
    let stated = ["ss_clip_skip", "modelspec.encoder_layer"];
    let stated = stated.iter().find_map(|key| listing.text(key)?.trim().parse::<u32>().ok());
    if stated.is_some_and(|layers| (1..=24).contains(&layers)) {
        identity.clip_skip = stated;
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_come_in_three_spellings() {
        assert_eq!(size("(512, 768)"), Some((512, 768)));
        assert_eq!(size("512,768"), Some((512, 768)));
        assert_eq!(size("1024x1024"), Some((1024, 1024)));
        assert_eq!(size("768"), Some((768, 768)));
        assert_eq!(size("None"), None);
    }
}
