//! Names of repositories.

use crate::catalog::base_model::word;

/// Whether two names mean one repository. An owner counts only where both have one; a link is its path.
pub(in crate::rules::catalog) fn same(left: &str, right: &str) -> bool {
    let ((left_owner, left), (right_owner, right)) = (parts(left), parts(right));
    let owners = match (left_owner, right_owner) {
        (Some(left), Some(right)) => word(left) == word(right),
        _ => true,
    };
    owners && word(left) == word(right)
}

/// Owner and name.
fn parts(text: &str) -> (Option<&str>, &str) {
    let path = text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(text, |(_, path)| path);
    let path = path.trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((owner, name)) => (owner.rsplit('/').next(), name),
        None => (None, path),
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn names_and_links_are_one() {
        assert!(same("meta-llama/Llama-3.2-1B", "https://huggingface.co/meta-llama/Llama-3.2-1B"));
        assert!(same("meta-llama/Llama-3.2-1B", "Llama 3.2 1B"));
        assert!(!same("meta-llama/Llama-3.2-1B", "unsloth/Llama-3.2-1B"));
        assert!(!same("meta-llama/Llama-3.2-1B", "meta-llama/Llama-3.2-3B"));
    }
}
