//! The tree.

/// A parsed document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The document's only value.
    pub root: Json,
    /// What was tolerated on the way.
    pub notes: Vec<Note>,
}

/// Something that Python takes and stricter readers do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is.
    pub kind: NoteKind,
    /// The key concerned, where there is one.
    pub key: Option<String>,
    /// The byte offset at which it stands.
    pub offset: u64,
}

/// What was tolerated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// A key that stands twice in one object; the last one counts.
    DuplicateKey,
    /// A half of a surrogate pair, read as U+FFFD.
    LoneSurrogate,
    /// Bare `Infinity`, `-Infinity` or `NaN`.
    NonFinite,
}

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `[..]`
    Array(Vec<Json>),
    /// An integer that does not fit 64 bits, as written.
    BigInt(String),
    /// `true` or `false`
    Bool(bool),
    /// A number with a fraction or an exponent, or a bare non-finite one.
    Float(f64),
    /// An integer.
    Int(i64),
    /// `null`
    Null,
    /// `{..}`, in the order of the document; keys are unique.
    Object(Vec<Member>),
    /// `".."`
    String(String),
}

/// One key of an object with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key.
    pub key: String,
    /// The byte offset of the key's opening quote.
    pub offset: u64,
    /// The value.
    pub value: Json,
}

impl Json {
    /// The value under `key`, when this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.member(key).map(|member| &member.value)
    }

    /// The member named `key`, when this is an object that has it.
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members().iter().find(|member| member.key == key)
    }

    /// The members, in order; none unless this is an object.
    pub fn members(&self) -> &[Member] {
        match self {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements, in order; none unless this is an array.
    pub fn elements(&self) -> &[Json] {
        match self {
            Json::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The text, when this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when this is an integer of 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Json::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The number, when this is an integer that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_i64().and_then(|number| u64::try_from(number).ok())
    }

    /// The number, when this is any number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Json::Float(number) => Some(*number),
            #[allow(clippy::cast_precision_loss, reason = "Python's float() rounds the same way")]
            Json::Int(number) => Some(*number as f64),
            Json::BigInt(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The truth value, when this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    /// The word for this kind of value, as messages use it.
    pub fn kind(&self) -> &'static str {
        match self {
            Json::Array(_) => "list",
            Json::BigInt(_) | Json::Int(_) => "integer",
            Json::Bool(_) => "boolean",
            Json::Float(_) => "float",
            Json::Null => "null",
            Json::Object(_) => "object",
            Json::String(_) => "string",
        }
    }

    /// The name of the value's kind with its article, for messages: `an integer`, `null`.
    pub fn a_kind(&self) -> &'static str {
        match self {
            Json::Array(_) => "a list",
            Json::BigInt(_) | Json::Int(_) => "an integer",
            Json::Bool(_) => "a boolean",
            Json::Float(_) => "a float",
            Json::Null => "null",
            Json::Object(_) => "an object",
            Json::String(_) => "a string",
        }
    }

    /// The same value for serde_json: a number that it cannot hold becomes a string.
    pub fn to_serde(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Json::Array(elements) => Value::Array(elements.iter().map(Json::to_serde).collect()),
            Json::BigInt(digits) => Value::String(digits.clone()),
            Json::Bool(truth) => Value::Bool(*truth),
            Json::Float(number) => {
                serde_json::Number::from_f64(*number).map_or_else(|| Value::String(number.to_string()), Value::Number)
            }
            Json::Int(number) => Value::from(*number),
            Json::Null => Value::Null,
            Json::Object(members) => {
                Value::Object(members.iter().map(|member| (member.key.clone(), member.value.to_serde())).collect())
            }
            Json::String(text) => Value::String(text.clone()),
        }
    }
}
