//! The octal escapes with which the kernel and getmntent(3) write what would end a field.

/// The text of a field: `\040` is a space, `\134` a backslash. A backslash that begins no escape stands for itself, and bytes
/// that are not UTF-8 become U+FFFD (file names may be anything).
///
/// Written by `mangle_path` of the kernel (fs/seq_file.c) with exactly three digits.
#[must_use]
pub fn unescape(field: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&first, after)) = rest.split_first() {
        match (first, escaped(after)) {
            (b'\\', Some(byte)) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The byte that three octal digits stand for.
fn escaped(after: &[u8]) -> Option<u8> {
    let digits = after.first_chunk::<3>()?;
    let mut value = 0_u16;
    for digit in digits {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
        value = value * 8 + u16::from(digit);
    }
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_digits_are_a_byte_and_anything_else_is_itself() {
        for (field, text) in [
            (&b"/swap.img"[..], "/swap.img"),
            (br"/a\040b\134c\011\012", "/a b\\c\t\n"),
            (br"\04", r"\04"),
            (br"\0", r"\0"),
            (br"\", r"\"),
            (br"\048\400\9", r"\048\400\9"),
            (br"\303\274", "ü"),
            (b"\xff\\040", "\u{fffd} "),
        ] {
            assert_eq!(unescape(field), text);
        }
    }

    proptest! {
        #[test]
        fn what_the_kernel_escapes_reads_back(name in "[a-z \t\n\\\\ü/]{0,40}") {
            let mut field = Vec::new();
            for byte in name.bytes() {
                if b" \t\n\\".contains(&byte) {
                    field.extend(format!("\\{byte:03o}").bytes());
                } else {
                    field.push(byte);
                }
            }
            prop_assert_eq!(unescape(&field), name);
        }
    }
}
