//! Properties of the device tree: cells are 32-bit and **big-endian** on every machine, texts end in NUL.

/// One cell. Nothing if the property has another length.
#[must_use]
pub fn cell(property: &[u8]) -> Option<u32> {
    <[u8; 4]>::try_from(property).ok().map(u32::from_be_bytes)
}

/// A cell that is a flag: nothing unless it is 0 or 1.
#[must_use]
pub fn flag(property: &[u8]) -> Option<bool> {
    match cell(property) {
        Some(0) => Some(false),
        Some(1) => Some(true),
        _ => None,
    }
}

/// A list of texts (`compatible`); a part that is no text or holds control characters is left out.
#[must_use]
pub fn texts(property: &[u8]) -> Vec<&str> {
    let parts = property.split(|byte| *byte == 0).filter_map(|part| std::str::from_utf8(part).ok());
    parts.filter(|text| !text.is_empty() && !text.contains(char::is_control)).collect()
}

/// One text (`model`), the first if there are several.
#[must_use]
pub fn text(property: &[u8]) -> Option<&str> {
    texts(property).into_iter().next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cells_are_big_endian() {
        assert_eq!(cell(&[0, 0, 0x13, 0x88]), Some(5000));
        assert_eq!(cell(&[0, 0, 0, 0, 0]), None);
        assert_eq!(cell(b""), None);
        assert_eq!((flag(&[0, 0, 0, 1]), flag(&[1, 0, 0, 0])), (Some(true), None));
    }

    #[test]
    fn texts_end_in_nul() {
        assert_eq!(text(b"Raspberry Pi 3 Model B\0"), Some("Raspberry Pi 3 Model B"));
        assert_eq!(texts(b"raspberrypi,5-model-b\0brcm,bcm2712\0"), ["raspberrypi,5-model-b", "brcm,bcm2712"]);
        assert_eq!(texts(b"\xff\0ok\0a\nb\0\0"), ["ok"]);
        assert_eq!(text(b""), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = (cell(&bytes), flag(&bytes));
            prop_assert!(texts(&bytes).iter().all(|text| !text.is_empty() && !text.contains('\n')));
        }

        #[test]
        fn every_cell_reads_back(value: u32) {
            prop_assert_eq!(cell(&value.to_be_bytes()), Some(value));
        }
    }
}
