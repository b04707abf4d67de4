//! Settings that an author recommends, in the words that picture programs write under their pictures.

use super::listing::Listing;

/// What `modelspec.usage_hint` recommends; prose is not read into.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Settings {
    pub(super) samplers: Vec<String>,
    pub(super) steps: Option<u32>,
    pub(super) cfg_scale: Option<f64>,
}

/// Most steps and most guidance that a recommendation can mean.
const MOST_STEPS: u32 = 1000;
const MOST_GUIDANCE: f64 = 100.0;

impl Settings {
    /// Reads `Steps: 25, Sampler: Euler a, CFG scale: 7`.
    pub(super) fn of(listing: &Listing<'_>) -> Self {
        listing.text("modelspec.usage_hint").map(parse).unwrap_or_default()
    }
}

fn parse(text: &str) -> Settings {
    let mut settings = Settings::default();
    for (key, value) in text.split([',', ';', '\n']).filter_map(|part| part.split_once(':')) {
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "cfg" | "cfg scale" => {
                settings.cfg_scale = value.parse().ok().filter(|scale| (0.0..=MOST_GUIDANCE).contains(scale))
            }
            "sampler" if !value.is_empty() => settings.samplers.push(value.to_owned()),
            "steps" => settings.steps = value.parse().ok().filter(|steps| (1..=MOST_STEPS).contains(steps)),
            _ => {}
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::{Settings, parse};

    #[test]
    fn words_with_a_colon_are_read_and_prose_is_not() {
        let settings = parse("Steps: 25, Sampler: DPM++ 2M Karras, CFG scale: 6.5");
        let expected = Settings { samplers: vec!["DPM++ 2M Karras".to_owned()], steps: Some(25), cfg_scale: Some(6.5) };
        assert_eq!(settings, expected);
        assert_eq!(parse("works best with few steps and a low cfg"), Settings::default());
        assert_eq!(parse("Steps: many, CFG: NaN"), Settings::default());
    }
}
