//! `/etc/fstab`: the swap it turns on at boot. Format: fstab(5).

use super::octal;

/// One line that turns swap on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The first field without escapes: `/swap.img`, `/dev/sda2`, `UUID=…`.
    pub what: String,
    /// The line, from 1.
    pub line: usize,
}

/// The lines of type `swap` that are not `noauto`. What has fewer than three fields is no line of fstab, and systemd and
/// swapon leave it alone too.
#[must_use]
pub fn swap_entries(bytes: &[u8]) -> Vec<Entry> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines.filter_map(|(index, line)| Some(Entry { what: swap(line)?, line: index + 1 })).collect()
}

fn swap(line: &[u8]) -> Option<String> {
    let mut fields = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    let what = fields.next().filter(|what| !what.starts_with(b"#"))?;
    let _mount_point = fields.next()?;
    let form = fields.next()?;
    let mut options = fields.next().unwrap_or_default().split(|byte| *byte == b',');
    (form == b"swap" && !options.any(|option| option == b"noauto")).then(|| octal::unescape(what))
}

/// The device a first field names, as far as its text tells: tags stand for the links that udev makes.
#[must_use]
pub fn device(what: &str) -> String {
    const TAGS: [(&str, &str); 4] = [
        ("UUID=", "/dev/disk/by-uuid/"),
        ("LABEL=", "/dev/disk/by-label/"),
        ("PARTUUID=", "/dev/disk/by-partuuid/"),
        ("PARTLABEL=", "/dev/disk/by-partlabel/"),
    ];
    let tag = TAGS.iter().find_map(|(tag, folder)| Some((what.strip_prefix(tag)?, folder)));
    tag.map_or_else(|| what.to_owned(), |(value, folder)| format!("{folder}{}", value.trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<String> {
        swap_entries(text.as_bytes()).into_iter().map(|entry| entry.what).collect()
    }

    #[test]
    fn only_swap_that_is_turned_on_by_itself_counts() {
        let text = "# /etc/fstab\n\
                    UUID=1-2 / ext4 defaults 0 1\n\
                    /swap.img\tnone\tswap\tsw\t0\t0\n\
                    #/old none swap sw 0 0\n  \
                    /indented none swap\n\
                    /later none swap sw,noauto 0 0\n\
                    /swap\\040file none swap defaults,nofail,pri=5 0 0\n\
                    swap swap\n\
                    tmpfs /swap tmpfs swap 0 0\n";
        assert_eq!(of(text), ["/swap.img", "/indented", "/swap file"]);
        assert_eq!(swap_entries(text.as_bytes())[0].line, 3);
    }

    #[test]
    fn a_tag_names_the_link_that_udev_makes() {
        for (what, path) in [
            ("UUID=ab-cd", "/dev/disk/by-uuid/ab-cd"),
            ("PARTUUID=\"1\"", "/dev/disk/by-partuuid/1"),
            ("LABEL=swap", "/dev/disk/by-label/swap"),
            ("/dev/sda2", "/dev/sda2"),
        ] {
            assert_eq!(device(what), path);
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            swap_entries(&bytes).iter().for_each(|entry| drop(device(&entry.what)));
        }

        #[test]
        fn a_comment_never_counts(text in "[^\n]{0,60}") {
            prop_assert_eq!(of(&format!("#{text}")), Vec::<String>::new());
        }

        #[test]
        fn a_line_counts_wherever_it_stands(before in "([a-z# ]{0,20}\n){0,5}", option in "[a-m,]{0,12}") {
            let found = of(&format!("{before}/swap.img none swap {option}"));
            prop_assert!(found.contains(&"/swap.img".to_owned()));
        }
    }
}
