//! The precompiled map of characters in `t5` vocabularies: a trie in an array of 32-bit nodes, then the texts that
//! characters are replaced with.

/// Where the look-up of one character leads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CharsmapWalk {
    /// To an end within the map.
    #[default]
    Ends,
    /// To a node beyond the trie.
    BeyondTrie,
    /// To a replacement beyond the map.
    BeyondReplacements,
}

/// Looks `character` up as llama.cpp does when it loads the vocabulary.
pub(super) fn walk(map: &[u8], character: u8) -> CharsmapWalk {
    let Some((size, rest)) = map.split_first_chunk::<4>() else { return CharsmapWalk::Ends };
    let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
    let Some((trie, replacements)) = rest.split_at_checked(size) else { return CharsmapWalk::Ends };
    let (nodes, _) = trie.as_chunks::<4>();
    if nodes.is_empty() {
        return CharsmapWalk::Ends;
    }
    match replacement(nodes, character) {
        None => CharsmapWalk::BeyondTrie,
        Some(Some(place)) if place >= replacements.len() => CharsmapWalk::BeyondReplacements,
        Some(_) => CharsmapWalk::Ends,
    }
}

/// Where the replacement of a character stands, if it has one; nothing where the trie ends too early.
fn replacement(nodes: &[[u8; 4]], character: u8) -> Option<Option<usize>> {
    let node = |at: u32| usize::try_from(at).ok().and_then(|at| nodes.get(at)).map(|node| u32::from_le_bytes(*node));
    let at = base(node(0)?) ^ u32::from(character);
    let child = node(at)?;
    if child & 0x8000_00FF != u32::from(character) {
        return Some(None);
    }
    let at = at ^ base(child);
    if child & 0x100 == 0 {
        return Some(None);
    }
    Some(usize::try_from(node(at)? & 0x7FFF_FFFF).ok())
}

/// A node's base: 22 bits, shifted by eight where a flag says so.
fn base(node: u32) -> u32 {
    (node >> 10).wrapping_shl((node & 0x200) >> 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(nodes: &[u32], replacements: &[u8]) -> Vec<u8> {
        let mut map = u32::try_from(nodes.len() * 4).unwrap().to_le_bytes().to_vec();
        nodes.iter().for_each(|node| map.extend(node.to_le_bytes()));
        map.extend(replacements);
        map
    }

    #[test]
    fn looks_a_character_up() {
        let mut nodes = vec![0_u32; 16];
        assert_eq!(walk(&map(&nodes, b"x"), 10), CharsmapWalk::Ends);
        assert_eq!(walk(&map(&nodes[..8], b"x"), 10), CharsmapWalk::BeyondTrie);
        nodes[10] = 10 | 0x100 | (1 << 10);
        nodes[11] = 0;
        assert_eq!(walk(&map(&nodes, b"x"), 10), CharsmapWalk::Ends);
        nodes[11] = 1;
        assert_eq!(walk(&map(&nodes, b"x"), 10), CharsmapWalk::BeyondReplacements);
        assert_eq!(walk(&[], 10), CharsmapWalk::Ends);
    }
}
