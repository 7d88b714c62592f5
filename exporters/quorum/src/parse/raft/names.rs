//! Names in the data folder.

/// A snapshot, by its name `snapshot-TERM-INDEX-TIMESTAMP`. The timestamp is of a clock that begins with the machine, so
/// it says nothing to us; when a snapshot was taken is the time of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Snapshot {
    /// The term of its last entry.
    pub term: u64,
    /// Its last entry.
    pub index: u64,
    /// Tells it from another one of the same entry.
    pub timestamp: u64,
}

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// `metadata1` or `metadata2`.
    Metadata,
    /// A finished part of the log, with its first and last entry.
    Closed {
        /// Index of its first entry, from 1.
        first: u64,
        /// Index of its last entry, not before the first.
        last: u64,
    },
    /// A part of the log that is being written or waits to be, by its number.
    Open(u64),
    /// The data of a snapshot.
    Snapshot(Snapshot),
    /// What makes the data of a snapshot valid.
    SnapshotMeta(Snapshot),
    /// A file that dqlite found broken and set aside (`corrupt-TIME-NAME`; 1.17 and later).
    Quarantined,
    /// Something else: certificates, YAML files, files that are just being made.
    Other,
}

/// What a name means. Only what dqlite itself writes is recognised: a number with fewer digits is not its own.
#[must_use]
pub fn name(name: &str) -> Name {
    if matches!(name, "metadata1" | "metadata2") {
        return Name::Metadata;
    }
    if name.starts_with("corrupt-") {
        return Name::Quarantined;
    }
    if let Some(counter) = name.strip_prefix("open-") {
        return number(counter).map_or(Name::Other, Name::Open);
    }
    if let Some(rest) = name.strip_prefix("snapshot-") {
        return snapshot(rest).unwrap_or(Name::Other);
    }
    closed(name).unwrap_or(Name::Other)
}

fn closed(name: &str) -> Option<Name> {
    let (first, last) = name.split_once('-')?;
    let wide = first.len() >= 16 && last.len() >= 16;
    let (first, last) = (number(first)?, number(last)?);
    (wide && 1 <= first && first <= last).then_some(Name::Closed { first, last })
}

fn snapshot(rest: &str) -> Option<Name> {
    let (rest, meta) = rest.strip_suffix(".meta").map_or((rest, false), |rest| (rest, true));
    let mut parts = rest.split('-').map(number);
    let (term, index, timestamp, end) = (parts.next()??, parts.next()??, parts.next()??, parts.next());
    let snapshot = Snapshot { term, index, timestamp };
    let name = if meta { Name::SnapshotMeta(snapshot) } else { Name::Snapshot(snapshot) };
    end.is_none().then_some(name)
}

/// Digits and nothing else (`parse` would take a plus sign).
fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_dqlite_writes_is_recognised() {
        let snapshot = Snapshot { term: 2, index: 1024, timestamp: 88_000 };
        for (text, expected) in [
            ("metadata1", Name::Metadata),
            ("0000000000000001-0000000000000512", Name::Closed { first: 1, last: 512 }),
            ("10000000000000000-10000000000000001", Name::Closed { first: 10u64.pow(16), last: 10u64.pow(16) + 1 }),
            ("open-3", Name::Open(3)),
            ("snapshot-2-1024-88000", Name::Snapshot(snapshot)),
            ("snapshot-2-1024-88000.meta", Name::SnapshotMeta(snapshot)),
            ("corrupt-0000001700000000000-open-1", Name::Quarantined),
        ] {
            assert_eq!(name(text), expected, "{text}");
        }
    }

    #[test]
    fn what_it_does_not_write_is_something_else() {
        for text in [
            "",
            "metadata3",
            "metadata1.tmp",
            "open-",
            "open-+1",
            "open-1.tmp",
            "open-99999999999999999999",
            "1-2",
            "0000000000000002-0000000000000001",
            "0000000000000000-0000000000000001",
            "0000000000000001-",
            "snapshot-2-1024",
            "snapshot-2-1024-3-4",
            "snapshot-2-1024-x",
            "tmp-snapshot-2-1024-3",
            "cluster.yaml",
        ] {
            assert_eq!(name(text), Name::Other, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_name_makes_it_panic(text in "\\PC{0,60}") {
            let _ = name(&text);
        }

        #[test]
        fn every_closed_name_comes_back(first in 1_u64.., more in 0_u64..) {
            let last = first.saturating_add(more);
            prop_assert_eq!(name(&format!("{first:016}-{last:016}")), Name::Closed { first, last });
        }
    }
}
