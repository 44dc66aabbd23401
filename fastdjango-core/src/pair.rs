//! The two sides of every change.

/// What was, and what will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<T> {
    /// What was.
    pub previous: T,
    /// What will be.
    pub next: T,
}

impl<T> Pair<T> {
    /// Puts two sides together.
    pub const fn new(previous: T, next: T) -> Self {
        Self { previous, next }
    }

    /// Both sides by reference.
    pub const fn as_ref(&self) -> Pair<&T> {
        Pair { previous: &self.previous, next: &self.next }
    }

    /// Both sides through one function.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Pair<U> {
        Pair { previous: f(self.previous), next: f(self.next) }
    }

    /// The way back.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { previous: self.next, next: self.previous }
    }
}
