//! `/proc/swaps`: which swap is on.
//!
//! Format: `swap_show` of the kernel (mm/swapfile.c). One header line, then one line per device: the path with octal
//! escapes, `partition` or `file`, size and used part in KiB, priority. A device whose file was deleted while it was in use
//! has ` (deleted)` behind its path.

use super::{Malformed, octal};
use crate::words::Kind;

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swaps {
    /// The devices that could be read, in the order of the file.
    pub devices: Vec<Device>,
    /// What could not be read, line by line. Each is a device too, of which nothing is known.
    pub problems: Vec<Malformed>,
}

/// One swap device that is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its path without escapes: `/dev/zram0`, `/swap.img`.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Bytes of room.
    pub size: u64,
    /// Bytes in use.
    pub used: u64,
    /// The file was deleted and is used all the same.
    pub deleted: bool,
}

impl Swaps {
    /// Whether no swap is on. A line that cannot be read stands for swap that is.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.devices.is_empty() && self.problems.is_empty()
    }
}

/// Reads the whole file.
///
/// # Errors
/// The first line is not the kernel's header. Lines that cannot be read are no error: see [`Swaps::problems`].
pub fn swaps(bytes: &[u8]) -> Result<Swaps, Malformed> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let header = lines.next().unwrap_or_default();
    if header.split(u8::is_ascii_whitespace).next() != Some(b"Filename") {
        return Err(Malformed::new("the header of /proc/swaps", &String::from_utf8_lossy(header)));
    }
    let mut swaps = Swaps::default();
    for line in lines.filter(|line| !line.trim_ascii().is_empty()) {
        match device(line) {
            Some(device) => swaps.devices.push(device),
            None => swaps.problems.push(Malformed::new("a swap device", &String::from_utf8_lossy(line))),
        }
    }
    Ok(swaps)
}

fn device(line: &[u8]) -> Option<Device> {
    let mut fields = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    let path = octal::unescape(fields.next()?);
    let form = fields.next()?;
    let (size, used) = (kibibytes(fields.next()?)?, kibibytes(fields.next()?)?);
    let _priority: i64 = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    let (path, deleted) = match path.strip_suffix(" (deleted)") {
        Some(path) => (path.to_owned(), true),
        None => (path, false),
    };
    let kind = kind(&path, form)?;
    fields.next().is_none().then_some(Device { path, kind, size, used, deleted })
}

fn kind(path: &str, form: &[u8]) -> Option<Kind> {
    match form {
        b"file" => Some(Kind::File),
        b"partition" if is_zram(path) => Some(Kind::Zram),
        b"partition" => Some(Kind::Partition),
        _ => None,
    }
}

/// Whether a path is that of a zram device.
#[must_use]
pub fn is_zram(path: &str) -> bool {
    let number = path.strip_prefix("/dev/zram");
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

fn kibibytes(field: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(field).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

    fn of(lines: &str) -> Swaps {
        swaps(format!("{HEADER}{lines}").as_bytes()).unwrap()
    }

    #[test]
    fn a_header_alone_is_no_swap() {
        assert!(of("").is_off());
        assert!(swaps(b"Filename\t\t\t\tType\t\tSize\tUsed\tPriority").unwrap().is_off(), "as kernels before 5.9");
    }

    #[test]
    fn every_kind_of_device_is_told() {
        let swaps = of("/dev/zram0                              partition\t242480\t\t4\t\t100\n\
                        /dev/sda2                               partition\t1000\t\t0\t\t-2\n\
                        /swap\\040file\\040(deleted)            file\t\t8388604\t\t0\t\t-3\n\
                        /dev/zramp/zram1 partition 1 0 -4\n");
        let told: Vec<_> = swaps.devices.iter().map(|one| (one.path.as_str(), one.kind, one.deleted)).collect();
        assert_eq!(
            told,
            [
                ("/dev/zram0", Kind::Zram, false),
                ("/dev/sda2", Kind::Partition, false),
                ("/swap file", Kind::File, true),
                ("/dev/zramp/zram1", Kind::Partition, false),
            ]
        );
        assert_eq!((swaps.devices[0].size, swaps.devices[0].used), (242_480 * 1024, 4096));
        assert_eq!(swaps.problems, []);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_swap_all_the_same() {
        for line in [
            "/dev/sda2\n",
            "/dev/sda2 partition 1\n",
            "/dev/sda2 partition x 0 -2\n",
            "/dev/sda2 partition -1 0 -2\n",
            "/dev/sda2 partition 18446744073709551615 0 -2\n",
            "/dev/sda2 ramdisk 1 0 -2\n",
            "/dev/sda2 partition 1 0 -2 more\n",
            "\u{1F984}\n",
        ] {
            let swaps = of(line);
            assert_eq!((swaps.devices.len(), swaps.problems.len()), (0, 1), "{line}");
            assert!(!swaps.is_off());
        }
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        for text in ["", "\n", "/dev/sda2 partition 1 0 -2\n", "\0\0\0"] {
            assert!(swaps(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_the_kernel_writes_reads_back(name in "/[a-z\\\\ \t]{1,30}", size in 0..u64::MAX / 1024, used in 0..9_u64) {
            let escaped: String = name
                .chars()
                .map(|one| if " \t\\".contains(one) { format!("\\{:03o}", u32::from(one)) } else { one.to_string() })
                .collect();
            let swaps = of(&format!("{escaped:<39} file\t\t{size}\t\t{used}\t\t-2\n"));
            prop_assert_eq!(&swaps.problems, &[]);
            prop_assert_eq!(&swaps.devices[0].path, &name);
            prop_assert_eq!((swaps.devices[0].size, swaps.devices[0].used), (size * 1024, used * 1024));
        }

        #[test]
        fn anything_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
            let whole = [HEADER.as_bytes(), &bytes].concat();
            let swaps = swaps(&whole).unwrap();
            prop_assert_eq!(swaps.devices.len() + swaps.problems.len(), lines, "no line is lost");
            let _ = super::swaps(&bytes);
        }
    }
}
