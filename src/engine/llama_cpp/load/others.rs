//! Tensors whose names are of no series.

use std::collections::HashMap;

/// As many names are looked through one by one: a page asks for fewer as a rule.
const FEW: usize = 8;

/// Places of tensors, by name.
#[derive(Debug, Default)]
pub(super) struct Others<'a> {
    few: Vec<(&'a str, u32)>,
    many: HashMap<&'a str, u32>,
}

impl<'a> Others<'a> {
    /// Notes where a tensor stands; of two of one name, the first has it.
    pub(super) fn note(&mut self, name: &'a str, place: u32) {
        if self.find(name).is_some() {
            return;
        }
        if self.few.len() < FEW {
            self.few.push((name, place));
        } else {
            self.many.insert(name, place);
        }
    }

    /// Where the tensor of this name stands.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let few = self.few.iter().find(|(known, _)| *known == name).map(|(_, place)| *place);
        if few.is_some() || self.many.is_empty() { few } else { self.many.get(name).copied() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_is_found_among_few_and_many() {
        let names: Vec<String> = (0..20).map(|number| format!("own.{}", number % 15)).collect();
        let mut others = Others::default();
        for (place, name) in (0..).zip(&names) {
            others.note(name, place);
        }
        let found: Vec<_> = (0..16).map(|number| others.find(&format!("own.{number}"))).collect();
        assert_eq!(found, (0..15).map(Some).chain([None]).collect::<Vec<_>>());
    }
}
