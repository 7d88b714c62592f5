//! Names of swap units. Format: "string escaping for inclusion in unit names" of systemd.unit(5).

/// The ending of swap units.
const ENDING: &str = ".swap";

/// The unit of a device or file: `/dev/sda2` is `dev-sda2.swap`, `/swap.img` is `swap.img.swap`.
#[must_use]
pub fn of_path(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let mut name = String::new();
    for (place, byte) in parts.join("/").bytes().enumerate() {
        match byte {
            b'/' => name.push('-'),
            b'.' if place == 0 => name.push_str("\\x2e"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'_' | b'.' => name.push(char::from(byte)),
            other => name.push_str(&format!("\\x{other:02x}")),
        }
    }
    if name.is_empty() {
        name.push('-');
    }
    name + ENDING
}

/// The path of a swap unit; `None` if the name is not one that systemd makes of a path.
#[must_use]
pub fn to_path(unit: &str) -> Option<String> {
    let mut rest = unit.strip_suffix(ENDING).filter(|name| !name.is_empty() && *name != "-")?.as_bytes();
    let mut bytes = vec![b'/'];
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'-' => b'/',
            b'\\' => {
                let [high, low] = *after.strip_prefix(b"x")?.first_chunk::<2>()?;
                rest = &after[3..];
                digit(high)? * 16 + digit(low)?
            }
            other => *other,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_those_of_systemd_escape() {
        for (path, unit) in [
            ("/dev/sda2", "dev-sda2.swap"),
            ("/swap.img", "swap.img.swap"),
            ("//var//swap/", "var-swap.swap"),
            ("/dev/disk/by-uuid/ab-cd", r"dev-disk-by\x2duuid-ab\x2dcd.swap"),
            ("/.hidden swap", r"\x2ehidden\x20swap.swap"),
            ("/ü", r"\xc3\xbc.swap"),
            ("/", "-.swap"),
        ] {
            assert_eq!(of_path(path), unit);
        }
        assert_eq!(to_path(r"dev-disk-by\x2duuid-ab\x2dcd.swap").as_deref(), Some("/dev/disk/by-uuid/ab-cd"));
    }

    #[test]
    fn what_is_no_swap_unit_has_no_path() {
        for unit in ["", ".swap", "-.swap", "swap.target", r"a\x2.swap", r"a\xzz.swap", r"a\.swap", r"a\x+1.swap"] {
            assert_eq!(to_path(unit), None, "{unit}");
        }
    }

    proptest! {
        #[test]
        fn a_path_reads_back(path in "(/[a-zA-Z0-9:_. ü\\\\-]{1,12}){1,4}") {
            prop_assume!(!path.split('/').any(|part| part == "."));
            prop_assert_eq!(to_path(&of_path(&path)), Some(path));
        }

        #[test]
        fn anything_is_read_without_a_panic(name in ".*") {
            let _ = (to_path(&name), to_path(&format!("{name}.swap")), of_path(&name));
        }
    }
}
