//! What `rpi-swap` of Raspberry Pi OS will do at boot. Format: swap.conf(5) of the package.

use super::ini::Ini;

/// The swap it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// `zram0`, with or without a file behind it.
    Zram,
    /// A file of this path.
    File(String),
    /// None.
    Off,
}

/// Its mechanism by the merged settings. No setting, and one that the package does not know, mean `auto`, and `auto` means
/// `zram+file`.
#[must_use]
pub fn mechanism(settings: &Ini) -> Mechanism {
    match settings.get("Main", "Mechanism").unwrap_or("auto") {
        "none" => Mechanism::Off,
        "swapfile" if settings.get("File", "FixedSizeMiB") == Some("0") => Mechanism::Off,
        "swapfile" => Mechanism::File(settings.get("File", "Path").unwrap_or("/var/swap").to_owned()),
        _ => Mechanism::Zram,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_none_brings_swap() {
        for (text, told) in [
            ("", Mechanism::Zram),
            ("[Main]\n#Mechanism=none\n", Mechanism::Zram),
            ("[Main]\nMechanism=auto\n", Mechanism::Zram),
            ("[Main]\nMechanism=zram+file\n", Mechanism::Zram),
            ("[Main]\nMechanism=off\n", Mechanism::Zram),
            ("[Main]\nMechanism=none\n", Mechanism::Off),
            ("[Main]\nMechanism=swapfile\n", Mechanism::File("/var/swap".into())),
            ("[Main]\nMechanism=swapfile\n[File]\nPath=/data/swap\n", Mechanism::File("/data/swap".into())),
            ("[Main]\nMechanism=swapfile\n[File]\nFixedSizeMiB=0\n", Mechanism::Off),
        ] {
            assert_eq!(mechanism(&Ini::parse(text)), told, "{text}");
        }
    }
}
