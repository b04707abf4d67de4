//! The precompiled map of characters in `t5` vocabularies: a trie in an array of 32-bit nodes, then the texts that
//! characters are replaced with.

use crate::format::Input;
use crate::format::gguf::Array;

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

/// The map, of which a look-up reads a few words.
#[derive(Clone, Copy)]
pub(super) struct Charsmap<'a> {
    pub(super) array: Array<'a>,
    pub(super) input: Input<'a>,
}

impl Charsmap<'_> {
    fn length(self) -> usize {
        usize::try_from(self.array.size_bytes).unwrap_or(usize::MAX)
    }

    /// The word at byte `at`.
    pub(super) fn word(self, at: usize) -> Option<u32> {
        at.checked_add(4).filter(|end| *end <= self.length())?;
        let place = usize::try_from(self.array.offset).ok()?.checked_add(at)?;
        self.input.look(place, 4, |bytes| bytes.first_chunk().map(|word| u32::from_le_bytes(*word)))
    }

    /// Looks `character` up as llama.cpp does when it loads the vocabulary.
    pub(super) fn walk(self, character: u8) -> CharsmapWalk {
        let size = self.word(0).map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        let replacements = size.and_then(|size| self.length().checked_sub(4)?.checked_sub(size));
        let Some((size, replacements)) = size.zip(replacements).filter(|(size, _)| *size >= 4) else {
            return CharsmapWalk::Ends;
        };
        match self.replacement(size, character) {
            None => CharsmapWalk::BeyondTrie,
            Some(Some(place)) if place >= replacements => CharsmapWalk::BeyondReplacements,
            Some(_) => CharsmapWalk::Ends,
        }
    }

    /// Where the replacement of a character stands, if it has one; nothing where the trie, of `size` bytes, ends too
    /// early.
    fn replacement(self, size: usize, character: u8) -> Option<Option<usize>> {
        let node = |at: u32| {
            let place = usize::try_from(at).ok()?.checked_add(1)?.checked_mul(4)?;
            self.word(place).filter(|_| place <= size)
        };
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
}

/// A node's base: 22 bits, shifted by eight where a flag says so.
fn base(node: u32) -> u32 {
    (node >> 10).wrapping_shl((node & 0x200) >> 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::gguf::ValueType;

    fn walk(map: &[u8], character: u8) -> CharsmapWalk {
        let size_bytes = map.len() as u64;
        let array = Array { element: ValueType::U8, count: size_bytes, size_bytes, bytes: map, offset: 0 };
        Charsmap { array, input: Input::whole(map) }.walk(character)
    }

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
