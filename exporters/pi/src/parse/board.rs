//! What a model and a revision code say about a board.
//!
//! The model of the device tree is for people, the revision code for its size of memory
//! (`raspirev` manual page: `NOQuuuWuFMMMCCCCPPPPTTTTTTTTRRRR`).

use super::tree;

/// What every model's name begins with.
const NAME: &str = "Raspberry Pi";
/// What every board's first word in `compatible` begins with.
const MAKER: &str = "raspberrypi,";
/// Warranty and overclocking bits: not part of the code.
const CODE: u32 = 0x00ff_ffff;
/// Set in codes of the new style, whose fields have a meaning.
const NEW_STYLE: u32 = 1 << 23;

/// A board, as far as it is known; a word that is not is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// The model's name for people.
    pub model: String,
    /// Its short name (`5-model-b`).
    pub board: String,
    /// Its chip (`bcm2712`).
    pub soc: String,
    /// Its revision code without the bits of warranty.
    pub revision: Option<u32>,
}

impl Board {
    /// The board of the device tree's properties `model`, `compatible` and `linux,revision`.
    #[must_use]
    pub fn of_tree(model: Option<&[u8]>, compatible: Option<&[u8]>, revision: Option<&[u8]>) -> Board {
        let names = compatible.map(tree::texts).unwrap_or_default();
        let after = |maker: &str| names.iter().find_map(|name| name.strip_prefix(maker)).unwrap_or_default();
        Board {
            model: model.and_then(tree::text).unwrap_or_default().to_owned(),
            board: after(MAKER).to_owned(),
            soc: after("brcm,").to_owned(),
            revision: revision.and_then(tree::cell).map(|code| code & CODE),
        }
    }

    /// Whether it is a Raspberry Pi.
    #[must_use]
    pub fn is_pi(&self) -> bool {
        self.model.starts_with(NAME) || !self.board.is_empty()
    }

    /// Size of its memory as the code says it (`8GB`); empty if it does not.
    #[must_use]
    pub fn memory(&self) -> String {
        let Some(code) = self.revision.filter(|code| code & NEW_STYLE != 0) else { return String::new() };
        match code >> 20 & 0b111 {
            power @ 0..=1 => format!("{}MB", 256 << power),
            power => format!("{}GB", 1 << (power - 2)),
        }
    }

    /// Whether it can notice a weak supply: all since the B+ can, the Zero range cannot
    /// (documentation, `power-supplies.adoc`). Nothing if that is not known of the model.
    #[must_use]
    pub fn detects_undervoltage(&self) -> Option<bool> {
        let model = self.model.strip_prefix(NAME)?.trim_start();
        // The first two models came before the detector; compute modules are fed by the board they sit on.
        let without = ["Zero", "Model A Rev", "Model B Rev"];
        if without.iter().any(|name| model.starts_with(name)) {
            Some(false)
        } else if model.starts_with("Compute Module") {
            None
        } else {
            Some(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(model: &str) -> Board {
        Board { model: model.into(), ..Board::default() }
    }

    #[test]
    fn a_board_is_read_from_the_tree() {
        let tree = Board::of_tree(
            Some(b"Raspberry Pi 5 Model B Rev 1.0\0"),
            Some(b"raspberrypi,5-model-b\0brcm,bcm2712\0"),
            Some(&0xd0_4170_u32.to_be_bytes()),
        );
        assert_eq!((&tree.board[..], &tree.soc[..], tree.revision), ("5-model-b", "bcm2712", Some(0xd0_4170)));
        assert_eq!((tree.memory(), tree.is_pi()), ("8GB".to_owned(), true));
        assert!(!Board::of_tree(None, None, None).is_pi());
        assert!(!Board::of_tree(Some(b"Radxa ROCK 5B\0"), Some(b"radxa,rock-5b\0"), None).is_pi());
    }

    #[test]
    fn memory_is_in_codes_of_the_new_style() {
        let memory = |code| Board { revision: Some(code), ..Board::default() }.memory();
        assert_eq!(
            (memory(0xa0_2082), memory(0x90_2120), memory(0xc0_3111), memory(0xe0_4171)),
            ("1GB".into(), "512MB".into(), "4GB".into(), "16GB".into())
        );
        assert_eq!((memory(0x000e), memory(0x0001_000e)), (String::new(), String::new()));
    }

    #[test]
    fn warranty_bits_do_not_make_another_board() {
        let tree = Board::of_tree(None, None, Some(&0x03a0_2082_u32.to_be_bytes()));
        assert_eq!(tree.revision, Some(0xa0_2082));
    }

    #[test]
    fn who_can_notice_a_weak_supply() {
        for (model, can) in [
            ("Raspberry Pi 5 Model B Rev 1.0", Some(true)),
            ("Raspberry Pi 3 Model B Plus Rev 1.3", Some(true)),
            ("Raspberry Pi Model B Plus Rev 1.2", Some(true)),
            ("Raspberry Pi 500 Rev 1.0", Some(true)),
            ("Raspberry Pi Zero 2 W Rev 1.0", Some(false)),
            ("Raspberry Pi Zero W Rev 1.1", Some(false)),
            ("Raspberry Pi Model B Rev 2", Some(false)),
            ("Raspberry Pi Compute Module 4 Rev 1.0", None),
            ("", None),
        ] {
            assert_eq!(named(model).detects_undervoltage(), can, "{model}");
        }
    }
}
