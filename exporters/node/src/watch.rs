//! Counts how often swap was turned on. Pure: what was seen, one reading after the other.

/// The count, and what it compares with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    last: Option<bool>,
    activations: u64,
}

impl Watch {
    /// Takes a reading. The first one only says where things stand; what was missed in between is seen by the next.
    pub fn saw(&mut self, is_on: bool) {
        if self.last == Some(false) && is_on {
            self.activations += 1;
        }
        self.last = Some(is_on);
    }

    /// How often swap went from off to on; `None` before the first reading.
    #[must_use]
    pub fn activations(&self) -> Option<u64> {
        self.last.map(|_| self.activations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_way_from_off_to_on_counts() {
        let mut watch = Watch::default();
        assert_eq!(watch.activations(), None);
        for (is_on, count) in
            [(true, 0), (true, 0), (false, 0), (false, 0), (true, 1), (true, 1), (false, 1), (true, 2)]
        {
            watch.saw(is_on);
            assert_eq!(watch.activations(), Some(count));
        }
    }
}
