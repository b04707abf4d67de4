//! What a chat template writes that looks like special tokens, so that the vocabulary can be asked for it while it is read.

use crate::format::find;

/// Most of them that are looked up.
const MOST: usize = 64;
/// Longest text that passes for one, in bytes.
const LONGEST: usize = 64;

/// Roles that many templates put between `<|` and `|>` themselves.
static ROLES: [&str; 3] = ["<|assistant|>", "<|system|>", "<|user|>"];

/// The texts from `<|` to `|>` in a template's source, each once, and those of the usual roles beside them.
pub(super) fn literals(template: &[u8]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut rest, mut any) = (template, false);
    while let Some(at) = opening(rest) {
        any = true;
        rest = rest.get(at..).unwrap_or_default();
        if let Some(text) = literal(rest).filter(|text| !found.iter().any(|known| known == text)) {
            found.push(text.to_owned());
        }
        rest = rest.get(2..).unwrap_or_default();
        if found.len() == MOST {
            break;
        }
    }
    if any {
        let more = ROLES.iter().filter(|role| !found.iter().any(|known| known == *role));
        let more: Vec<String> = more.map(|role| (*role).to_owned()).collect();
        found.extend(more);
    }
    found
}

/// Where the next `<|` stands.
fn opening(template: &[u8]) -> Option<usize> {
    let mut from = 0_usize;
    loop {
        let at = from.saturating_add(find(template.get(from..)?, b'<')?);
        from = at.saturating_add(1);
        if template.get(from) == Some(&b'|') {
            return Some(at);
        }
    }
}

/// Past the first `|>` behind a `<`.
fn closing(text: &[u8]) -> Option<usize> {
    let mut from = 1_usize;
    loop {
        from = from.saturating_add(find(text.get(from..)?, b'>')?).saturating_add(1);
        if text.get(from.saturating_sub(2)) == Some(&b'|') {
            return Some(from);
        }
    }
}

/// The text from the `<|` that `rest` begins with to its `|>`, where nothing in between is blank.
fn literal(rest: &[u8]) -> Option<&str> {
    let near = rest.get(..LONGEST).unwrap_or(rest);
    let text = str::from_utf8(near.get(..closing(near)?)?).ok()?;
    let plain = text.len() > 4
        && !text.contains(|character: char| character.is_whitespace() || matches!(character, '\'' | '"'));
    plain.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_once() {
        let found = literals(b"<|im_start|>{{ '<|im_start|>' }}<|im_end|><| x |><|>'<|' + role + '|>'");
        assert_eq!(found, ["<|im_start|>", "<|im_end|>", "<|assistant|>", "<|system|>", "<|user|>"]);
        assert_eq!(literals(b"[INST] {{ x }} [/INST] |> <"), [""; 0]);
    }

    #[test]
    fn they_are_bounded() {
        let many: String = (0..1000).map(|at| format!("<|{at}|>")).collect();
        assert_eq!(literals(many.as_bytes()).len(), MOST + ROLES.len());
        assert_eq!(literals(format!("<|{}|>", "a".repeat(100)).as_bytes()).len(), ROLES.len());
    }
}
