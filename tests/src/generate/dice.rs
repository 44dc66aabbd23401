//! Random choices out of a list of numbers, so that a failing case shrinks to a short list of small ones.

/// Numbers to choose by; when they run out, every choice is the first.
#[derive(Clone, Debug)]
pub struct Dice {
    rolls: Vec<u16>,
    at: usize,
}

impl Dice {
    /// Dice that fall as `rolls` say.
    #[must_use]
    pub fn new(rolls: Vec<u16>) -> Self {
        Self { rolls, at: 0 }
    }

    /// Dice of their own, which fall as the next `count` of these.
    #[must_use]
    pub fn some(&mut self, count: usize) -> Self {
        let rolls = self.rolls.iter().skip(self.at).take(count).copied().collect();
        self.at += count;
        Self::new(rolls)
    }

    /// A number below `n`, or 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let roll = usize::from(self.rolls.get(self.at).copied().unwrap_or(0));
        self.at += 1;
        if n == 0 { 0 } else { roll % n }
    }

    /// True once in `n` times; never when the numbers have run out.
    pub fn once_in(&mut self, n: usize) -> bool {
        n > 0 && self.below(n) == n - 1
    }

    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.below(items.len());
        items.get(at)
    }
}
