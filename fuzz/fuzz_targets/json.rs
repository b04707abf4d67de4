//! Our JSON against serde_json: the same documents, save what Python takes and serde_json does not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelgate::Limits;
use modelgate::format::json::{self, Json};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let ours = json::parse(bytes, &Limits::default());
    let theirs = serde_json::from_slice::<Value>(bytes);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => assert!(same(&ours.root, &theirs), "{ours:?} is not {theirs:?}"),
        (Err(fault), Ok(_)) => panic!("refused what serde_json takes: {fault:?}"),
        (Ok(ours), Err(error)) => {
            // A duplicate key may have held a number that serde_json refuses.
            let tolerated = !ours.notes.is_empty();
            let odd = tolerated || depth(&ours.root) >= 127 || has_infinity(&ours.root);
            assert!(odd, "took what serde_json refuses: {error}");
        }
        (Err(_), Err(_)) => {}
    }
});

fn same(ours: &Json, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Json::String(ours), Value::String(theirs)) => ours == theirs,
        (Json::Int(ours), Value::Number(theirs)) => theirs.as_i64() == Some(*ours) || *ours == 0,
        (Json::BigInt(ours), Value::Number(theirs)) => close(ours.parse().unwrap_or(f64::NAN), theirs.as_f64()),
        (Json::Float(ours), Value::Number(theirs)) => close(*ours, theirs.as_f64()),
        (Json::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Json::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|(ours, (key, value))| ours.key == *key && same(&ours.value, value))
        }
        _ => false,
    }
}

/// serde_json rounds the last digit its own way.
fn close(ours: f64, theirs: Option<f64>) -> bool {
    theirs.is_some_and(|theirs| (ours - theirs).abs() <= ours.abs() * 1e-15)
}

fn children(json: &Json) -> Vec<&Json> {
    match json {
        Json::Array(elements) => elements.iter().collect(),
        Json::Object(members) => members.iter().map(|member| &member.value).collect(),
        _ => Vec::new(),
    }
}

fn depth(json: &Json) -> usize {
    children(json).into_iter().map(depth).max().map_or(1, |deepest| deepest + 1)
}

fn has_infinity(json: &Json) -> bool {
    match json {
        Json::Float(number) => !number.is_finite(),
        Json::BigInt(digits) => digits.len() > 300,
        other => children(other).into_iter().any(has_infinity),
    }
}
