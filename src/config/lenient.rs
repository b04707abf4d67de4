//! Values that catalogs and model hubs write in more than one shape.

use serde::{Deserialize, Deserializer};

/// One text, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

/// A list of texts; a single text is a list of one, `null` an empty list.
pub(super) fn texts<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    Ok(match Option::<Texts>::deserialize(input)? {
        None => Vec::new(),
        Some(Texts::One(text)) => vec![text],
        Some(Texts::Many(texts)) => texts,
    })
}

/// The first text of a list; a single text, `null`.
pub(super) fn first<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(texts(input)?.into_iter().next())
}

/// A special token: its text, or an object that holds it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Token {
    Text(String),
    Object { content: String },
}

/// A special token's text, from the text or from `{"content": text}`.
pub(super) fn token<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Token>::deserialize(input)?.map(|token| match token {
        Token::Text(text) | Token::Object { content: text } => text,
    }))
}

/// A chat template: its source, or a list of named ones.
#[derive(Deserialize)]
#[serde(untagged)]
enum Template {
    Named(Vec<NamedTemplate>),
    Text(String),
}

#[derive(Deserialize)]
struct NamedTemplate {
    name: String,
    template: String,
}

/// The source of the default template.
pub(super) fn template<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Template>::deserialize(input)? {
        None => None,
        Some(Template::Text(text)) => Some(text),
        Some(Template::Named(named)) => {
            let default = named.iter().position(|one| one.name == "default").unwrap_or_default();
            named.into_iter().nth(default).map(|one| one.template)
        }
    })
}

/// A truth value, or the word for the kind of consent that is asked for.
#[derive(Deserialize)]
#[serde(untagged)]
enum Gated {
    Truth(bool),
    Word(String),
}

/// Whether consent is asked for: `true`, `"auto"` and `"manual"` mean yes.
pub(super) fn gated<'de, D: Deserializer<'de>>(input: D) -> Result<Option<bool>, D::Error> {
    Ok(Option::<Gated>::deserialize(input)?.map(|gated| match gated {
        Gated::Truth(truth) => truth,
        Gated::Word(word) => !matches!(word.to_ascii_lowercase().as_str(), "" | "false" | "no" | "none"),
    }))
}

/// Width and height, in the shapes that catalogs write.
#[derive(Deserialize)]
#[serde(untagged)]
enum Resolution {
    Object { width: u32, height: u32 },
    Pair(u32, u32),
    Square(u32),
    Text(String),
}

/// Width and height, from `[w, h]`, `"WxH"`, `{"width", "height"}` or one number for both.
pub(super) fn resolution<'de, D: Deserializer<'de>>(input: D) -> Result<Option<(u32, u32)>, D::Error> {
    Ok(match Option::<Resolution>::deserialize(input)? {
        None => None,
        Some(Resolution::Object { width, height } | Resolution::Pair(width, height)) => Some((width, height)),
        Some(Resolution::Square(side)) => Some((side, side)),
        Some(Resolution::Text(text)) => {
            let wrong = || serde::de::Error::custom(format!("'{text}' is no resolution; write [width, height]"));
            Some(pair(&text).ok_or_else(wrong)?)
        }
    })
}

fn pair(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once(['x', 'X', '×', ',', '*'])?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use crate::config::{ImageConfig, LlmConfig};

    #[test]
    fn shapes_of_other_writers_are_read() {
        let text = r#"{"languages":"en","baseModel":["a/b","c/d"],"gated":"manual","tags":null,"tokenizer":{
            "bosToken":{"content":"<s>","lstrip":false},"eos_token":"</s>","pad_token":null,
            "chat_template":[{"name":"tool_use","template":"T"},{"name":"default","template":"D"}]}}"#;
        let config: LlmConfig = serde_json::from_str(text).unwrap();
        assert_eq!(
            (config.languages, config.base_model, config.gated),
            (vec!["en".into()], Some("a/b".into()), Some(true))
        );
        assert_eq!(config.tokenizer.bos_token.as_deref(), Some("<s>"));
        assert_eq!(config.tokenizer.chat_template.as_deref(), Some("D"));
    }

    #[test]
    fn resolutions_of_every_shape_are_one() {
        for text in ["[512,768]", "\"512x768\"", "\"512 × 768\"", r#"{"width":512,"height":768}"#] {
            let config: ImageConfig = serde_json::from_str(&format!(r#"{{"resolution":{text}}}"#)).unwrap();
            assert_eq!(config.resolution, Some((512, 768)), "{text}");
        }
        assert!(serde_json::from_str::<ImageConfig>(r#"{"resolution":"big"}"#).is_err());
    }
}
