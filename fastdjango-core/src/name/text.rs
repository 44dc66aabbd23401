//! Texts of names: each is there once, so that a copy costs nothing and a look tells whether two are one.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::ptr;
use std::sync::{PoisonError, RwLock};

/// The texts of all names that the process has seen.
///
/// None is ever given back: there are as many as a project has names, and every state of it speaks of the same ones.
static KNOWN: RwLock<BTreeSet<Whole>> = RwLock::new(BTreeSet::new());

/// The text of a name.
#[derive(Clone)]
pub(super) struct Text(&'static Known);

/// A text and how it begins: two are in the order of their beginnings, and only where those are the same, their ends are looked at.
struct Known {
    begin: u128,
    text: Box<str>,
}

impl Known {
    fn new(text: &str) -> Self {
        let mut begin = [0; 16];
        let length = text.len().min(begin.len());
        begin[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self { begin: u128::from_be_bytes(begin), text: text.into() }
    }
}

/// A text that is found by all of its letters.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Whole(Text);

impl Borrow<str> for Whole {
    fn borrow(&self) -> &str {
        self.0.as_str()
    }
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        // Whoever panicked while it held the lock left the texts whole: each comes by one call.
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(text).map(|known| known.0.clone());
        known.unwrap_or_else(|| Self::learn(text))
    }

    fn learn(text: &str) -> Self {
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster, and a text that is there twice would be two names.
        if let Some(known) = known.get(text) {
            return known.0.clone();
        }
        let text = Self(Box::leak(Box::new(Known::new(text))));
        known.insert(Whole(text.clone()));
        text
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0.text
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
        if self == other {
            return Ordering::Equal;
        }
        // A text that ends there is the lesser one, as zeros are less than letters.
        self.0.begin.cmp(&other.0.begin).then_with(|| self.0.text.cmp(&other.0.text))
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
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
        let mut ordered =
            ["", "\0", "a", "a\0", "a_text_of_thread", "a_text_of_thread\0", "a_text_of_threads", "ä", "b"];
        ordered.sort_by_key(|text| Text::new(text));
        assert!(ordered.is_sorted(), "{ordered:?}");
        assert!(Text::new("a") != Text::new("b") && Text::new("a") < Text::new("b") && Text::new("") == Text::new(""));
    }
}
