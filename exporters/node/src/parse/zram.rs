//! Which swap devices `systemd-zram-generator` will make at boot. Format: zram-generator.conf(5).

use super::ini::Ini;

/// The devices, `zram0` and so on, by the merged settings.
///
/// `memory` is the machine's memory in MiB (`MemTotal`), `switch` what the kernel's command line says (`systemd.zram=`).
/// A device is none if it holds a file system, if its size is plainly zero, or if the machine has more memory than its
/// limit; while the memory is not known, a limit of 0 holds and any other does not.
#[must_use]
pub fn devices(settings: &Ini, memory: Option<u64>, switch: Option<bool>) -> Vec<String> {
    if switch == Some(false) {
        return Vec::new();
    }
    let mut names = settings.names();
    if switch == Some(true) && !names.contains(&"zram0") {
        names.push("zram0");
    }
    let swap = |name: &&str| is_device(name) && is_swap(settings, name) && !is_over(settings, name, memory);
    names.into_iter().filter(swap).map(str::to_owned).collect()
}

fn is_device(name: &str) -> bool {
    let number = name.strip_prefix("zram");
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

fn is_swap(settings: &Ini, name: &str) -> bool {
    let empty = |key| settings.get(name, key).and_then(|size| size.parse::<f64>().ok()).is_some_and(|size| size <= 0.0);
    let form = settings.get(name, "fs-type");
    let swap = form.map_or(settings.get(name, "mount-point").is_none(), |form| form == "swap");
    swap && !["zram-size", "zram-fraction", "max-zram-size"].into_iter().any(empty)
}

/// Whether the machine has more memory than the device's limit.
fn is_over(settings: &Ini, name: &str, memory: Option<u64>) -> bool {
    let limit = settings.get(name, "host-memory-limit").or_else(|| settings.get(name, "memory-limit"));
    let limit = limit.and_then(|limit| limit.parse::<u64>().ok());
    limit.is_some_and(|limit| memory.map_or(limit == 0, |memory| memory > limit))
}

/// `MemTotal` of `/proc/meminfo` in MiB.
#[must_use]
pub fn memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_ascii_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, memory: Option<u64>, switch: Option<bool>) -> Vec<String> {
        devices(&Ini::parse(text), memory, switch)
    }

    #[test]
    fn a_section_is_a_device_unless_it_says_otherwise() {
        for (text, made) in [
            ("", &[][..]),
            ("# [zram0]\n", &[]),
            ("[zram0]\n", &["zram0"]),
            ("[zram0]\nzram-size = ram / 2\n[zram1]\nfs-type = swap\n", &["zram0", "zram1"]),
            ("[zram0]\nzram-size = 0\n", &[]),
            ("[zram0]\nzram-fraction = 0.0\n", &[]),
            ("[zram0]\nmount-point = /run/compressed\n", &[]),
            ("[zram0]\nfs-type = ext4\n", &[]),
            ("[zram0]\nfs-type = none\n", &[]),
            ("[zramX]\n[other]\n[zram]\n", &[]),
        ] {
            assert_eq!(of(text, Some(8000), None), made, "{text}");
        }
    }

    #[test]
    fn a_limit_holds_on_machines_with_more_memory() {
        let text = "[zram0]\nhost-memory-limit = 4096\n";
        assert_eq!(of(text, Some(8000), None), Vec::<String>::new());
        assert_eq!(of(text, Some(4096), None), ["zram0"]);
        assert_eq!(of(text, None, None), ["zram0"]);
        assert_eq!(of("[zram0]\nhost-memory-limit = 0\n", None, None), Vec::<String>::new());
        assert_eq!(of("[zram0]\nhost-memory-limit = 0\n[zram0]\nhost-memory-limit = none\n", Some(1), None), ["zram0"]);
    }

    #[test]
    fn the_command_line_has_the_last_word() {
        assert_eq!(of("[zram0]\n", None, Some(false)), Vec::<String>::new());
        assert_eq!(of("", None, Some(true)), ["zram0"]);
        assert_eq!(of("[zram0]\nzram-size=0\n", None, Some(true)), Vec::<String>::new());
    }

    #[test]
    fn memory_is_told_in_mebibytes() {
        assert_eq!(memory("MemTotal:        8255904 kB\nMemFree: 1 kB\n"), Some(8062));
        assert_eq!(memory("MemTotal: x\n"), None);
    }
}
