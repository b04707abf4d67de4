//! Base models of images, video and sound, in CivitAI's words and others.

use crate::config::ModelType;

/// Letters and digits alone, in lower case: `SDXL 1.0` and `sdxl-1.0` are one word.
pub fn word(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Base models that loaders take for one another: what sets them apart is in the weights' values, not in their shapes.
/// Each name as CivitAI writes it; a group a line.
const ALIKE: [&[&str]; 10] = [
    &["AuraFlow", "Pony V7"],
    &["Flux.1 D", "Flux.1 Krea", "Flux.1 Kontext"],
    &["Flux.2 Klein 4B", "Flux.2 Klein 4B-base"],
    &["Flux.2 Klein 9B", "Flux.2 Klein 9B-base"],
    &["SD 1.4", "SD 1.5", "SD 1.5 Hyper", "SD 1.5 LCM"],
    &["SD 2.0", "SD 2.0 768", "SD 2.1", "SD 2.1 768"],
    &["SD 3.5", "SD 3.5 Large", "SD 3.5 Large Turbo"],
    &[
        "Illustrious",
        "NoobAI",
        "Pony",
        "SDXL 0.9",
        "SDXL 1.0",
        "SDXL 1.0 LCM",
        "SDXL Hyper",
        "SDXL Lightning",
        "SDXL Turbo",
    ],
    &["Wan Video 14B i2v 480p", "Wan Video 14B i2v 720p"],
    &["ZImageBase", "ZImageTurbo"],
];

/// Other spellings as [`word`]s, with CivitAI's, sorted.
const SPELLINGS: [(&str, &str); 66] = [
    ("flux", "Flux.1 D"),
    ("flux1", "Flux.1 D"),
    ("flux1dev", "Flux.1 D"),
    ("flux1kontextdev", "Flux.1 Kontext"),
    ("flux1kreadev", "Flux.1 Krea"),
    ("flux1schnell", "Flux.1 S"),
    ("flux2", "Flux.2 D"),
    ("flux2dev", "Flux.2 D"),
    ("fluxdev", "Flux.1 D"),
    ("fluxschnell", "Flux.1 S"),
    ("hidreami1", "HiDream"),
    ("hunyuandit", "Hunyuan 1"),
    ("hunyuanvideo", "Hunyuan Video"),
    ("illustriousxl", "Illustrious"),
    ("ltxvideo", "LTXV"),
    ("lumina2", "Lumina"),
    ("lumina20", "Lumina"),
    ("mochi1preview", "Mochi"),
    ("noobaixl", "NoobAI"),
    ("pixartalpha", "PixArt a"),
    ("pixartsigma", "PixArt E"),
    ("ponydiffusion", "Pony"),
    ("ponydiffusionv6xl", "Pony"),
    ("ponyxl", "Pony"),
    ("qwenimage", "Qwen"),
    ("sd1", "SD 1.5"),
    ("sd14", "SD 1.4"),
    ("sd15", "SD 1.5"),
    ("sd1x", "SD 1.5"),
    ("sd2", "SD 2.0"),
    ("sd2x", "SD 2.0"),
    ("sd3", "SD 3"),
    ("sd35", "SD 3.5"),
    ("sd35large", "SD 3.5 Large"),
    ("sd35largeturbo", "SD 3.5 Large Turbo"),
    ("sd35medium", "SD 3.5 Medium"),
    ("sd3medium", "SD 3"),
    ("sdturbo", "SD 2.1"),
    ("sdv1", "SD 1.5"),
    ("sdv2512", "SD 2.0"),
    ("sdv2768v", "SD 2.1 768"),
    ("sdxl", "SDXL 1.0"),
    ("sdxl10", "SDXL 1.0"),
    ("sdxlbase", "SDXL 1.0"),
    ("sdxlbase10", "SDXL 1.0"),
    ("sdxlbasev10", "SDXL 1.0"),
    ("sdxllightning", "SDXL Lightning"),
    ("sdxlturbo", "SDXL Turbo"),
    ("stablecascade", "Stable Cascade"),
    ("stablediffusion", "SD 1.5"),
    ("stablediffusion14", "SD 1.4"),
    ("stablediffusion15", "SD 1.5"),
    ("stablediffusion2", "SD 2.0"),
    ("stablediffusion21", "SD 2.1"),
    ("stablediffusion3", "SD 3"),
    ("stablediffusion35large", "SD 3.5 Large"),
    ("stablediffusion35medium", "SD 3.5 Medium"),
    ("stablediffusion3medium", "SD 3"),
    ("stablediffusionv1", "SD 1.5"),
    ("stablediffusionv14", "SD 1.4"),
    ("stablediffusionv15", "SD 1.5"),
    ("stablediffusionxl", "SDXL 1.0"),
    ("stablediffusionxlbase10", "SDXL 1.0"),
    ("wan21", "Wan Video"),
    ("zimage", "ZImageBase"),
    ("zimageturbo", "ZImageTurbo"),
];

/// How names of video models begin that do not say `video`. `Wan Image` is one of pictures; so is `SVD` to CivitAI.
const OF_VIDEO: [&str; 11] =
    ["animatediff", "cogvideo", "happyhorse", "kling", "ltxv", "minimaxh3", "mochi", "seedance", "sora", "veo", "vidu"];

/// Words that only names of audio models have.
const OF_SOUND: [&str; 4] = ["audio", "music", "speech", "acestep"];

/// The kind of model that a base model is of; pictures where its name does not tell.
pub fn model_type(name: &str) -> ModelType {
    let letters = word(name);
    if letters.contains("video") || OF_VIDEO.iter().any(|start| letters.starts_with(start)) {
        ModelType::Video
    } else if OF_SOUND.iter().any(|part| letters.contains(part)) {
        ModelType::Audio
    } else {
        ModelType::Image
    }
}

/// Width and height that base models of pictures were trained for, in pixels, by how their [`word`]s begin; the
/// longer beginning first.
const TRAINED_FOR: [(&str, (u32, u32)); 19] = [
    ("auraflow", (1024, 1024)),
    ("chroma", (1024, 1024)),
    ("flux", (1024, 1024)),
    ("hidream", (1024, 1024)),
    ("hunyuan1", (1024, 1024)),
    ("illustrious", (1024, 1024)),
    ("kolors", (1024, 1024)),
    ("noobai", (1024, 1024)),
    ("playgroundv2", (1024, 1024)),
    ("pony", (1024, 1024)),
    ("qwen", (1328, 1328)),
    ("sd1", (512, 512)),
    ("sd20768", (768, 768)),
    ("sd20", (512, 512)),
    ("sd21", (768, 768)),
    ("sd3", (1024, 1024)),
    ("sdxlturbo", (512, 512)),
    ("sdxl", (1024, 1024)),
    ("stablecascade", (1024, 1024)),
];

/// Width and height that a base model of pictures was trained for, in pixels.
pub fn resolution(name: &str) -> Option<(u32, u32)> {
    let letters = word(canonical(name));
    TRAINED_FOR.iter().find(|(start, _)| letters.starts_with(start)).map(|(_, size)| *size)
}

/// Whether two names mean base models that no loader tells apart. A repository's name counts without its owner.
pub fn same(left: &str, right: &str) -> bool {
    let (left, right) = (canonical(left), canonical(right));
    word(left) == word(right) || ALIKE.iter().any(|group| holds(group, left) && holds(group, right))
}

fn holds(group: &[&str], name: &str) -> bool {
    group.iter().any(|member| word(member) == word(name))
}

/// CivitAI's spelling, where there is one; otherwise the name as given.
pub fn canonical(name: &str) -> &str {
    known(name).unwrap_or_else(|| last(name))
}

/// CivitAI's spelling of a base model that is known here.
pub fn known(name: &str) -> Option<&'static str> {
    let letters = word(last(name));
    let spelt = SPELLINGS.iter().find(|(spelling, _)| *spelling == letters).map(|(_, name)| *name);
    spelt.or_else(|| ALIKE.iter().copied().flatten().copied().find(|name| word(name) == letters))
}

/// A repository's name without its owner.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_one() {
        for (left, right) in [
            ("SD 1.5", "stable-diffusion-v1-5/stable-diffusion-v1-5"),
            ("SDXL 1.0", "stabilityai/stable-diffusion-xl-base-1.0"),
            ("sdxl", "SDXL 1.0"),
            ("Flux.1 D", "black-forest-labs/FLUX.1-dev"),
            ("Pony", "SDXL 1.0"),
            ("flux.1-schnell", "Flux.1 S"),
            ("Some New Thing", "some-new-thing"),
        ] {
            assert!(same(left, right) && same(right, left), "{left} {right}");
        }
    }

    #[test]
    fn others_are_not() {
        for (left, right) in
            [("SD 1.5", "SDXL 1.0"), ("Flux.1 S", "Flux.1 D"), ("SD 3", "SD 3.5 Large"), ("New", "SD 1.5")]
        {
            assert!(!same(left, right), "{left} {right}");
        }
    }

    #[test]
    fn spellings_are_sorted_words() {
        assert!(SPELLINGS.is_sorted_by(|left, right| left.0 < right.0));
        assert!(SPELLINGS.iter().all(|(spelling, _)| *spelling == word(spelling)));
    }

    #[test]
    fn names_tell_the_kind() {
        for (name, kind) in [
            ("SDXL 1.0", ModelType::Image),
            ("Wan Image 2.7", ModelType::Image),
            ("Wan Video 14B t2v", ModelType::Video),
            ("LTXV2", ModelType::Video),
            ("CogVideoX", ModelType::Video),
            ("ACE Audio", ModelType::Audio),
            ("Something of tomorrow", ModelType::Image),
        ] {
            assert_eq!(model_type(name), kind, "{name}");
        }
    }
}
