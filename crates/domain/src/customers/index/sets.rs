//! Sets of tags or shops, each different set stored once and named by a number: a million customers share a
//! few hundred. It must never change a set in place, others point to it.

use std::collections::HashMap;

/// Number 0 is the empty set.
pub(super) struct Sets {
    lists: Vec<Box<[u16]>>,
    numbers: HashMap<Box<[u16]>, u32>,
}

impl Default for Sets {
    fn default() -> Sets {
        Sets { lists: vec![Box::default()], numbers: HashMap::from([(Box::default(), 0)]) }
    }
}

impl Sets {
    /// The number of a set; order and repetition do not matter.
    pub fn intern(&mut self, members: &[u16]) -> u32 {
        let mut list = members.to_vec();
        list.sort_unstable();
        list.dedup();
        let list = list.into_boxed_slice();
        if let Some(number) = self.numbers.get(&list) {
            return *number;
        }
        let number = self.lists.len() as u32;
        self.lists.push(list.clone());
        self.numbers.insert(list, number);
        number
    }

    pub fn len(&self) -> usize {
        self.lists.len()
    }

    pub fn members(&self, number: usize) -> &[u16] {
        &self.lists[number]
    }

    /// Forgets the sets nobody in `column` has any more, and renumbers the column.
    pub fn keep(&mut self, column: &mut [u32]) {
        let mut fresh = Sets::default();
        let mut renumbered: Vec<Option<u32>> = vec![None; self.lists.len()];
        for number in column {
            let old = *number as usize;
            *number = *renumbered[old].get_or_insert_with(|| fresh.intern(&self.lists[old]));
        }
        *self = fresh;
    }

    pub fn memory(&self) -> usize {
        let members: usize = self.lists.iter().map(|list| list.len() * 4).sum();
        members + self.lists.capacity() * 16 + self.numbers.capacity() * 25
    }
}
