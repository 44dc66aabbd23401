//! Texts of names: each is there once, so that a copy costs nothing and a look tells whether two are one.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::ptr;
use std::sync::{PoisonError, RwLock};

/// The texts of all names that the process has seen.
///
/// None is ever given back: there are as many as a project has names, and every state of it speaks of the same ones.
static KNOWN: RwLock<BTreeSet<&'static str>> = RwLock::new(BTreeSet::new());

/// The text of a name.
#[derive(Clone)]
pub(super) struct Text(&'static str);

impl Text {
    pub(super) fn new(text: &str) -> Self {
        // Whoever panicked while it held the lock left the texts whole: each comes by one call.
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(text).copied();
        Self(known.unwrap_or_else(|| Self::learn(text)))
    }

    fn learn(text: &str) -> &'static str {
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster, and a text that is there twice would be two names.
        if let Some(known) = known.get(text) {
            return known;
        }
        let text: &'static str = Box::leak(text.into());
        known.insert(text);
        text
    }

    pub(super) fn as_str(&self) -> &str {
        self.0
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl Eq for Text {}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other { Ordering::Equal } else { self.0.cmp(other.0) }
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_there_once_whoever_makes_it() {
        let made = |text: &'static str| std::thread::spawn(move || Text::new(text));
        let texts: Vec<Text> =
            (0..8).map(|_| made("a_text_of_threads")).filter_map(|thread| thread.join().ok()).collect();
        assert_eq!(texts.len(), 8);
        assert!(texts.iter().all(|text| *text == texts[0] && text.as_str() == "a_text_of_threads"));
        assert!(Text::new("a") != Text::new("b") && Text::new("a") < Text::new("b") && Text::new("") == Text::new(""));
    }
}
