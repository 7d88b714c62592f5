//! `/etc/machine-id`: whether two hosts are copies of one disk. Format: machine-id(5).

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Malformed;

/// Digits of the hash that are shown: enough to tell a fleet apart, too few to search for the id.
const SHOWN: usize = 12;

/// Makes the hash ours: the same id hashed by another program gives another.
const PURPOSE: &[u8] = b"gjallarhorn node machine-id\n";

/// A short hash of the id. The id itself is confidential (machine-id(5)) and is never shown.
///
/// # Errors
/// The file holds no id: it is empty or says `uninitialized` before the first boot.
pub fn short_hash(text: &str) -> Result<String, Malformed> {
    let id = text.trim_end();
    let good = id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !good {
        let found = if id.is_empty() { "nothing" } else { "something else" };
        return Err(Malformed::new("32 hexadecimal digits", found));
    }
    let mut shown = String::with_capacity(SHOWN);
    for byte in Sha256::new().chain_update(PURPOSE).chain_update(id).finalize().iter().take(SHOWN / 2) {
        // A text takes whatever is written to it.
        let _ = write!(shown, "{byte:02x}");
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ids_have_equal_hashes_and_no_id_is_shown() {
        let (one, other) = ("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdee");
        let hash = short_hash(&format!("{one}\n")).unwrap();
        assert_eq!(hash, short_hash(one).unwrap());
        assert_ne!(hash, short_hash(other).unwrap());
        assert_eq!(hash.len(), SHOWN);
        assert!(!one.contains(&hash[..6]));
    }

    #[test]
    fn what_is_no_id_has_no_hash() {
        for text in ["", "uninitialized\n", "0123456789ABCDEF0123456789ABCDEF", &"a".repeat(31), &"a".repeat(33)] {
            let error = short_hash(text).unwrap_err().to_string();
            assert!(!error.contains("abc"), "{error}");
        }
    }
}
