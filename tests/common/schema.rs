//! Holds JSON documents against JSON Schemas: the keywords that the schemas in use have, and no others. A keyword that
//! is not known here is a failure, so that nothing is left unchecked in silence.

use serde_json::{Map, Value};

/// Every way in which `document` breaks `schema`; nothing where it is valid.
pub fn breaches(schema: &Value, document: &Value) -> Vec<String> {
    let mut breaches = Vec::new();
    Validator { root: schema }.check(schema, document, "", &mut breaches);
    breaches
}

struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str, breaches: &mut Vec<String>) {
        let schema = match schema {
            Value::Bool(true) => return,
            Value::Bool(false) => return breaches.push(format!("{at}: nothing may stand here")),
            Value::Object(schema) => schema,
            other => panic!("no schema: {other}"),
        };
        for (keyword, wanted) in schema {
            let fine = match keyword.as_str() {
                "$comment" | "$defs" | "$id" | "$schema" | "default" | "definitions" | "deprecated" | "description"
                | "examples" | "format" | "title" => true,
                "$ref" => return self.check(self.target(wanted), value, at, breaches),
                "additionalProperties" => self.others(schema, wanted, value, at, breaches),
                "allOf" => list(wanted).iter().all(|part| self.holds(part, value)),
                "anyOf" => list(wanted).iter().any(|part| self.holds(part, value)),
                "const" => wanted == value,
                "enum" => list(wanted).contains(value),
                "items" => self.items(schema, wanted, value, at, breaches),
                "maxItems" => value.as_array().is_none_or(|all| all.len() as u64 <= wanted.as_u64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
                "minItems" => value.as_array().is_none_or(|all| all.len() as u64 >= wanted.as_u64().unwrap()),
                "minLength" => {
                    value.as_str().is_none_or(|text| text.chars().count() as u64 >= wanted.as_u64().unwrap())
                }
                "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
                "oneOf" => list(wanted).iter().filter(|part| self.holds(part, value)).count() == 1,
                // Only hexadecimal ids and mime types have patterns in SARIF; none is written.
                "pattern" => panic!("{at}: patterns are not understood: {wanted} for {value}"),
                "prefixItems" => value.as_array().is_none_or(|all| {
                    list(wanted).iter().zip(all).for_each(|(part, value)| self.check(part, value, at, breaches));
                    true
                }),
                "properties" => self.properties(wanted, value, at, breaches),
                "required" => {
                    list(wanted).iter().all(|key| value.as_object().is_none_or(|o| o.contains_key(text(key))))
                }
                "type" => types(wanted).iter().any(|kind| is(kind, value)),
                "uniqueItems" => wanted == false || value.as_array().is_none_or(|all| unique(all)),
                unknown => panic!("{at}: the keyword '{unknown}' is not understood"),
            };
            if !fine {
                breaches.push(format!("{at}: breaks {keyword} {wanted}"));
            }
        }
    }

    fn holds(&self, schema: &Value, value: &Value) -> bool {
        let mut breaches = Vec::new();
        self.check(schema, value, "", &mut breaches);
        breaches.is_empty()
    }

    fn target(&self, reference: &Value) -> &Value {
        let pointer = text(reference).strip_prefix('#').expect("only local references");
        self.root.pointer(pointer).unwrap_or_else(|| panic!("no {reference}"))
    }

    fn properties(&self, wanted: &Value, value: &Value, at: &str, breaches: &mut Vec<String>) -> bool {
        for (key, schema) in wanted.as_object().unwrap() {
            if let Some(value) = value.get(key) {
                self.check(schema, value, &format!("{at}/{key}"), breaches);
            }
        }
        true
    }

    fn others(
        &self,
        schema: &Map<String, Value>,
        wanted: &Value,
        value: &Value,
        at: &str,
        breaches: &mut Vec<String>,
    ) -> bool {
        let known = schema.get("properties").and_then(Value::as_object);
        let members = value.as_object().into_iter().flatten();
        for (key, value) in members.filter(|(key, _)| known.is_none_or(|known| !known.contains_key(*key))) {
            self.check(wanted, value, &format!("{at}/{key}"), breaches);
        }
        true
    }

    fn items(
        &self,
        schema: &Map<String, Value>,
        wanted: &Value,
        value: &Value,
        at: &str,
        breaches: &mut Vec<String>,
    ) -> bool {
        let before = schema.get("prefixItems").map_or(0, |parts| list(parts).len());
        for (index, value) in value.as_array().into_iter().flatten().enumerate().skip(before) {
            self.check(wanted, value, &format!("{at}/{index}"), breaches);
        }
        true
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn types(wanted: &Value) -> Vec<&str> {
    match wanted {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        kind => vec![text(kind)],
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        other => panic!("no type {other}"),
    }
}

fn unique(all: &[Value]) -> bool {
    all.iter().enumerate().all(|(at, value)| !all[..at].contains(value))
}
