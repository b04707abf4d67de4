//! What readers written in an afternoon would be: serde_json into visitors and structs that borrow, nothing kept that is
//! not asked for.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

#[derive(Deserialize)]
struct Tensor<'a> {
    #[serde(borrow)]
    dtype: Cow<'a, str>,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// Implements [`Visitor`] for a map.
macro_rules! map_visitor {
    ($type:ty, $value:ty, |$self:ident, $map:ident| $body:block) => {
        impl<'de> Visitor<'de> for $type {
            type Value = $value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>($self, mut $map: A) -> Result<$value, A::Error> $body
        }

        impl<'de> DeserializeSeed<'de> for $type {
            type Value = $value;

            fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<$value, D::Error> {
                from.deserialize_map(self)
            }
        }
    };
}

struct Header;
map_visitor!(Header, u64, |self, map| {
    let mut tensors = Vec::new();
    while let Some(name) = map.next_key::<Text<'de>>()? {
        if name.0 == "__metadata__" {
            map.next_value::<std::collections::HashMap<Text<'de>, Text<'de>>>()?;
        } else {
            tensors.push((name, map.next_value::<Tensor<'de>>()?));
        }
    }
    let size = |tensor: &Tensor<'_>| tensor.data_offsets.1 + tensor.dtype.len() as u64 + tensor.shape.len() as u64;
    Ok(tensors.iter().map(|(_, tensor)| size(tensor)).sum())
});

/// A text that is borrowed where it can be.
#[derive(PartialEq, Eq, Hash)]
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(Borrow)
    }
}

pub fn header(bytes: &[u8]) -> u64 {
    let length = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let text = std::str::from_utf8(&bytes[8..8 + length]).unwrap();
    Header.deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap()
}

struct WeightMap;
map_visitor!(WeightMap, u64, |self, map| {
    let mut entries = Vec::new();
    while let Some(entry) = map.next_entry::<Text<'de>, Text<'de>>()? {
        entries.push(entry);
    }
    Ok(entries.len() as u64)
});

struct Index;
map_visitor!(Index, u64, |self, map| {
    let mut count = 0;
    while let Some(key) = map.next_key::<Text<'de>>()? {
        if key.0 == "weight_map" {
            count = map.next_value_seed(WeightMap)?;
        } else {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(count)
});

pub fn index(text: &str) -> u64 {
    Index.deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap()
}

struct Vocabulary<'w>(&'w [&'w str]);
map_visitor!(Vocabulary<'_>, u64, |self, map| {
    let (mut highest, mut found) = (0, 0);
    while let Some((text, id)) = map.next_entry::<Text<'de>, u64>()? {
        highest = highest.max(id);
        found += u64::from(self.0.contains(&&*text.0));
    }
    Ok(highest + found)
});

struct Count;
impl<'de> Visitor<'de> for Count {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

impl<'de> DeserializeSeed<'de> for Count {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<u64, D::Error> {
        from.deserialize_seq(self)
    }
}

struct Model<'w>(&'w [&'w str]);
map_visitor!(Model<'_>, u64, |self, map| {
    let mut sum = 0;
    while let Some(key) = map.next_key::<Text<'de>>()? {
        match &*key.0 {
            "vocab" => sum += map.next_value_seed(Vocabulary(self.0))?,
            "merges" => sum += map.next_value_seed(Count)?,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
    }
    Ok(sum)
});

#[derive(Deserialize)]
struct Added<'a> {
    id: u64,
    #[serde(borrow)]
    content: Cow<'a, str>,
    special: bool,
}

struct Tokenizer<'w>(&'w [&'w str]);
map_visitor!(Tokenizer<'_>, u64, |self, map| {
    let mut sum = 0;
    while let Some(key) = map.next_key::<Text<'de>>()? {
        match &*key.0 {
            "model" => sum += map.next_value_seed(Model(self.0))?,
            "added_tokens" => {
                let added = map.next_value::<Vec<Added<'de>>>()?;
                sum += added.iter().map(|it| it.id + it.content.len() as u64 + u64::from(it.special)).sum::<u64>();
            }
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
    }
    Ok(sum)
});

pub fn tokenizer(text: &str, wanted: &[&str]) -> u64 {
    Tokenizer(wanted).deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap()
}
