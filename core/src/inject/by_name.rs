//! Lists with a fast lookup by name.

use std::collections::HashMap;

/// The longest list without an index. In a longer list, the index costs less than it saves.
const SHORT: usize = 8;

/// A list with a lookup by name.
pub(super) struct ByName<'i, T> {
    items: &'i [T],
    name: fn(&T) -> &str,
    /// The first and the last item of each name. Only long lists have it.
    index: Option<HashMap<&'i str, (&'i T, &'i T)>>,
}

impl<'i, T> ByName<'i, T> {
    /// Builds the index if the list is long.
    pub(super) fn new(items: &'i [T], name: fn(&T) -> &str) -> Self {
        let index = (items.len() > SHORT).then(|| {
            let mut index = HashMap::with_capacity(items.len());
            for item in items {
                index.entry(name(item)).and_modify(|(_, last)| *last = item).or_insert((item, item));
            }
            index
        });
        Self { items, name, index }
    }

    /// Returns the first item of this name.
    pub(super) fn first(&self, name: &str) -> Option<&'i T> {
        match &self.index {
            Some(index) => index.get(name).map(|(first, _)| *first),
            None => self.items.iter().find(|item| (self.name)(item) == name),
        }
    }

    /// Returns the last item of this name.
    pub(super) fn last(&self, name: &str) -> Option<&'i T> {
        match &self.index {
            Some(index) => index.get(name).map(|(_, last)| *last),
            None => self.items.iter().rev().find(|item| (self.name)(item) == name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ByName;

    #[test]
    fn short_and_long_lists_find_the_same() {
        let list = |n: usize| ["a", "b", "a", "c"].into_iter().cycle().take(n).zip(0..).collect::<Vec<_>>();
        for (items, last) in [(list(4), 2), (list(12), 10)] {
            let by_name = ByName::new(&items, |(name, _)| name);
            assert_eq!((by_name.first("a"), by_name.last("a")), (Some(&("a", 0)), Some(&("a", last))));
            assert_eq!((by_name.first("z"), by_name.last("z")), (None, None));
        }
    }
}
