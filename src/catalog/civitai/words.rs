//! Trigger words and terms.

use crate::catalog::answer::{texts, truth};
use serde_json::Value;

/// The words of `trainedWords`: an entry may hold several, separated by commas. Commas in brackets separate nothing,
/// and escaped brackets stay escaped: that is how a prompt writes them.
pub(super) fn trigger_words(entries: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in entries.iter().flat_map(|entry| split(entry)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Splits at commas outside of brackets.
fn split(entry: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut depth, mut escaped) = (0_usize, false);
    for letter in entry.chars() {
        match letter {
            '(' | '[' | '{' if !escaped => depth = depth.saturating_add(1),
            ')' | ']' | '}' if !escaped => depth = depth.saturating_sub(1),
            ',' if depth == 0 => words.push(String::new()),
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        if let Some(word) = words.last_mut().filter(|_| letter != ',' || depth > 0) {
            word.push(letter);
        }
    }
    words.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// The creator's terms in one line: what may be sold, and whether credit is asked for. `allowCommercialUse` was one
/// word once and is a list now.
pub(super) fn terms(model: &Value) -> Option<String> {
    let sold: Vec<_> = texts(model, "allowCommercialUse").into_iter().filter(|word| word != "None").collect();
    let stated = model.get("allowCommercialUse").is_some_and(|value| value.is_string() || value.is_array());
    let sold = stated.then(|| match sold.as_slice() {
        [] => "no commercial use".to_owned(),
        uses => format!("commercial use: {}", uses.join(", ")),
    });
    let choice = |key: &str, yes: &str, no: &str| Some(if truth(model, key)? { yes.to_owned() } else { no.to_owned() });
    let terms: Vec<String> = [
        sold,
        choice("allowNoCredit", "no credit needed", "credit required"),
        choice("allowDerivatives", "derivatives allowed", "no derivatives"),
        choice("allowDifferentLicense", "other licences allowed", "same terms"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!terms.is_empty()).then(|| terms.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_split_at_commas_outside_of_brackets() {
        let entries = ["name \\(series\\), red hair,", "", "(a, b:1.2), red hair", "  "].map(str::to_owned);
        assert_eq!(trigger_words(&entries), ["name \\(series\\)", "red hair", "(a, b:1.2)"]);
    }

    #[test]
    fn terms_are_one_line() {
        let model = json!({"allowCommercialUse": ["Image", "Rent"], "allowNoCredit": false, "allowDerivatives": true});
        let wanted = "commercial use: Image, Rent; credit required; derivatives allowed";
        assert_eq!(terms(&model).as_deref(), Some(wanted));
        assert_eq!(terms(&json!({"allowCommercialUse": "None"})).as_deref(), Some("no commercial use"));
        assert_eq!(terms(&json!({})), None);
    }
}
