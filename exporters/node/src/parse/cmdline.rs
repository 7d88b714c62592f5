//! The kernel's command line: what of it turns swap off. Format: kernel-command-line(7) of systemd.

/// What a person can switch there. `None` is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// `systemd.zram=`: whether zram-generator makes devices at all; `true` makes `zram0` even without a file.
    pub zram: Option<bool>,
    /// `systemd.swap=`: whether swap of fstab and of partitions found by their type is turned on.
    pub swap: Option<bool>,
    /// `fstab=`: whether fstab is read.
    pub fstab: Option<bool>,
    /// `systemd.gpt_auto=`: whether partitions are found by their type.
    pub gpt_auto: Option<bool>,
}

impl Switches {
    /// Reads `/proc/cmdline`. What is said last counts, `-` and `_` are the same, a word without a value means yes.
    #[must_use]
    pub fn parse(text: &str) -> Switches {
        let mut switches = Switches::default();
        for word in text.split_ascii_whitespace() {
            let (key, value) = word.split_once('=').map_or((word, None), |(key, value)| (key, Some(value)));
            let place = match key.replace('-', "_").as_str() {
                "systemd.zram" => &mut switches.zram,
                "systemd.swap" => &mut switches.swap,
                "fstab" => &mut switches.fstab,
                "systemd.gpt_auto" => &mut switches.gpt_auto,
                _ => continue,
            };
            *place = value.map_or(Some(true), boolean).or(*place);
        }
        switches
    }
}

/// As `parse_boolean` of systemd reads it.
fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_last_counts() {
        let switches =
            Switches::parse("root=PARTUUID=1-02 systemd.zram=1 quiet systemd.zram=off fstab=no systemd.gpt-auto\n");
        let expected = Switches { zram: Some(false), swap: None, fstab: Some(false), gpt_auto: Some(true) };
        assert_eq!(switches, expected);
        assert_eq!(Switches::parse("systemd.swap=0 systemd.swap=perhaps xfstab=0").swap, Some(false));
        assert_eq!(Switches::parse(""), Switches::default());
    }
}
