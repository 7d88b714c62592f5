//! `/proc/self/auxv`: what the kernel told this process when it started, among it the size of a page. Format:
//! getauxval(3); pairs of key and value, each as wide as a register of the process, ended by a pair of zeros.

use super::Malformed;

const AT_NULL: u64 = 0;
const AT_PAGESZ: u64 = 6;

/// What is read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Auxv {
    /// Bytes of a page of memory.
    pub page_size: u64,
    /// Whether the process, and so the kernel, is a 64-bit one. A 32-bit process says nothing of the kernel.
    pub is_64bit: bool,
}

/// Reads it, in the byte order of this machine.
///
/// # Errors
/// No end, or no page size that a page can have.
pub fn auxv(bytes: &[u8]) -> Result<Auxv, Malformed> {
    let wide =
        pairs(bytes, |word: [u8; 8]| u64::from_ne_bytes(word)).map(|page_size| Auxv { page_size, is_64bit: true });
    let narrow = || {
        let page_size = pairs(bytes, |word: [u8; 4]| u32::from_ne_bytes(word).into());
        page_size.map(|page_size| Auxv { page_size, is_64bit: false })
    };
    wide.or_else(narrow).ok_or_else(|| Malformed::new("the size of a page", &format!("{} bytes", bytes.len())))
}

/// The page size among words of `N` bytes.
fn pairs<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> u64) -> Option<u64> {
    let (words, []) = bytes.as_chunks::<N>() else { return None };
    let (pairs, _) = words.as_chunks::<2>();
    let pairs = pairs.iter().map(|[key, value]| (number(*key), number(*value)));
    let mut before_end = pairs.clone().take_while(|(key, _)| *key != AT_NULL);
    let ended = pairs.clone().any(|(key, _)| key == AT_NULL);
    let (_, size) = before_end.find(|(key, _)| *key == AT_PAGESZ)?;
    (ended && size.is_power_of_two() && (4096..=1 << 20).contains(&size)).then_some(size)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wide(pairs: &[(u64, u64)]) -> Vec<u8> {
        pairs.iter().flat_map(|(key, value)| [key.to_ne_bytes(), value.to_ne_bytes()]).flatten().collect()
    }

    #[test]
    fn a_process_of_64_bits_tells_the_page_and_the_kernel() {
        let bytes = wide(&[(33, 0x7fff_0000_0000), (6, 16384), (0, 0)]);
        assert_eq!(auxv(&bytes), Ok(Auxv { page_size: 16384, is_64bit: true }));
    }

    #[test]
    fn a_process_of_32_bits_tells_only_the_page() {
        let bytes: Vec<u8> = [33_u32, 1, 6, 4096, 0, 0].into_iter().flat_map(u32::to_ne_bytes).collect();
        assert_eq!(auxv(&bytes), Ok(Auxv { page_size: 4096, is_64bit: false }));
    }

    #[test]
    fn anything_else_is_refused() {
        for bytes in [
            wide(&[]),
            wide(&[(0, 0)]),
            wide(&[(6, 4096)]),
            wide(&[(0, 0), (6, 4096)]),
            wide(&[(6, 4097), (0, 0)]),
            wide(&[(6, 0), (0, 0)]),
            wide(&[(6, 4096), (0, 0)])[..31].to_vec(),
        ] {
            assert!(auxv(&bytes).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = auxv(&bytes);
        }
    }
}
