//! Failure domains: whether the cluster survives the loss of a whole one.

use std::collections::BTreeMap;

/// What the domains of the voters say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domains {
    /// Different domains among the voters that answer.
    pub count: usize,
    /// Whether the quorum survives the loss of the fullest; `None` while all are the same, as MicroK8s leaves them: that
    /// is "not set", not "bad".
    pub loss_tolerable: Option<bool>,
}

impl Domains {
    /// From the domains of the effective voters and the size of the quorum; nothing if no voter answers.
    #[must_use]
    pub fn of(domains: impl Iterator<Item = u64>, quorum: usize) -> Option<Domains> {
        let mut voters: BTreeMap<u64, usize> = BTreeMap::new();
        domains.for_each(|domain| *voters.entry(domain).or_default() += 1);
        let fullest = voters.values().copied().max()?;
        let all: usize = voters.values().sum();
        let loss_tolerable = (voters.len() > 1).then(|| all - fullest >= quorum);
        Some(Domains { count: voters.len(), loss_tolerable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_domain_decides() {
        let of = |domains: &[u64], quorum| Domains::of(domains.iter().copied(), quorum);
        assert_eq!(of(&[], 2), None);
        assert_eq!(of(&[1, 1, 1], 2), Some(Domains { count: 1, loss_tolerable: None }));
        assert_eq!(of(&[1, 2, 3], 2), Some(Domains { count: 3, loss_tolerable: Some(true) }));
        assert_eq!(of(&[1, 1, 3], 2), Some(Domains { count: 2, loss_tolerable: Some(false) }));
        assert_eq!(of(&[1, 1, 2, 2, 3], 3), Some(Domains { count: 3, loss_tolerable: Some(true) }));
    }
}
