//! Who turns swap on, on machines that exist only here.

use super::*;
use crate::restore::Brings;
use crate::tests::{Machine, recorded};
use crate::words::Kind;

const ZRAM_GENERATOR: (&str, &str) = ("usr/lib/systemd/system-generators/zram-generator", "program");
const RPI_SWAP: (&str, &str) = ("usr/lib/systemd/system-generators/rpi-swap-generator", "program");
const GPT_AUTO: (&str, &str) = ("usr/lib/systemd/system-generators/systemd-gpt-auto-generator", "program");
const SERVICE: &str = "[Service]\nExecStart=/sbin/x\n";

/// Everything found on a machine, as `by`, device and file. Fails if something could not be looked for.
fn found_on(root: &std::path::Path) -> Vec<(Restorer, Brings, String)> {
    let findings = look(&Root::new(root));
    assert_eq!(findings.iter().map(|finding| finding.by).collect::<Vec<_>>(), Restorer::ALL);
    let causes = findings.into_iter().flat_map(|finding| finding.causes.unwrap());
    causes.map(|cause| (cause.by, cause.brings, cause.file)).collect()
}

fn found(files: &[(&str, &str)]) -> Vec<(Restorer, Brings, String)> {
    found_on(Machine::with(files).path())
}

fn device(path: &str) -> Brings {
    Brings::Device(path.into())
}

fn none(files: &[(&str, &str)]) {
    assert_eq!(found(files), [], "{files:?}");
}

#[test]
fn a_machine_without_any_has_none() {
    none(&[]);
    none(&[ZRAM_GENERATOR, GPT_AUTO, ("etc/fstab", "# nothing\n")]);
}

#[test]
fn recorded_machines_name_who_did_it() {
    let of = |name| found_on(&recorded(name));
    let wants = "/etc/systemd/system/multi-user.target.wants/dphys-swapfile.service";
    assert_eq!(of("pios-bookworm"), [(Restorer::DphysSwapfile, device("/var/swap"), wants.into())]);
    let generator = "/usr/lib/systemd/system-generators/rpi-swap-generator";
    assert_eq!(of("pios-trixie"), [(Restorer::RpiSwap, device("/dev/zram0"), generator.into())]);
    assert_eq!(of("ubuntu"), [(Restorer::Fstab, device("/swap.img"), "/etc/fstab:4".into())]);
    assert_eq!(of("microk8s-clean"), []);
}

#[test]
fn dphys_swapfile_has_settings() {
    let unit = ("usr/lib/systemd/system/dphys-swapfile.service", SERVICE);
    let wanted = ("etc/systemd/system/multi-user.target.wants/dphys-swapfile.service", "-> /x");
    let settings = |text| found(&[unit, wanted, ("etc/dphys-swapfile", text)]);
    assert_eq!(settings("CONF_SWAPSIZE=0\n"), []);
    assert_eq!(settings("CONF_SWAPFILE=/data/swap\n")[0].1, device("/data/swap"));
    assert_eq!(found(&[unit, wanted])[0].1, device("/var/swap"));
    assert_eq!(
        found(&[("etc/rc3.d/S01dphys-swapfile", "-> ../init.d/dphys-swapfile")])[0].2,
        "/etc/rc3.d/S01dphys-swapfile"
    );
}

#[test]
fn rpi_swap_brings_swap_until_its_settings_say_none() {
    let with = |files: &[(&str, &str)]| found(&[&[RPI_SWAP], files].concat());
    let main = |text| ("etc/rpi/swap.conf", text);
    assert_eq!(with(&[])[0].2, "/usr/lib/systemd/system-generators/rpi-swap-generator");
    let zram = with(&[main("[Main]\nMechanism=zram\n")]);
    assert_eq!(zram, [(Restorer::RpiSwap, device("/dev/zram0"), "/etc/rpi/swap.conf".into())]);
    assert_eq!(with(&[main("[Main]\nMechanism=swapfile\n")])[0].1, device("/var/swap"));
    let off = ("etc/rpi/swap.conf.d/90-off.conf", "[Main]\nMechanism=none\n");
    assert_eq!(with(&[main("[Main]\nMechanism=zram\n"), off]), []);
    // Drop-ins are sorted by their names, wherever they stand.
    let later = ("usr/lib/rpi/swap.conf.d/95-on.conf", "[Main]\nMechanism=zram\n");
    assert_eq!(with(&[off, later])[0].2, "/usr/lib/rpi/swap.conf.d/95-on.conf");
    // The same name in /etc takes a vendor's file back: as a link to nothing, or empty.
    for nothing in ["-> /dev/null", ""] {
        assert_eq!(with(&[off, later, ("etc/rpi/swap.conf.d/95-on.conf", nothing)]), []);
    }
    none(&[main("[Main]\nMechanism=zram\n")]);
}

#[test]
fn zram_generator_makes_what_is_left_after_all_files() {
    let with = |files: &[(&str, &str)]| {
        found(&[&[ZRAM_GENERATOR, ("proc/meminfo", "MemTotal: 8255904 kB\n")], files].concat())
    };
    let main = ("etc/systemd/zram-generator.conf", "[zram0]\n");
    assert_eq!(
        with(&[main]),
        [(Restorer::ZramGenerator, device("/dev/zram0"), "/etc/systemd/zram-generator.conf".into())]
    );
    let vendor = ("usr/lib/systemd/zram-generator.conf", "[zram0]\n");
    assert_eq!(with(&[vendor])[0].2, "/usr/lib/systemd/zram-generator.conf");
    assert_eq!(with(&[vendor, ("etc/systemd/zram-generator.conf", "")]), [], "an empty file takes the vendor's back");
    assert_eq!(with(&[vendor, ("etc/systemd/zram-generator.conf", "-> /dev/null")]), []);
    let off = ("etc/systemd/zram-generator.conf.d/90-off.conf", "[zram0]\nzram-size=0\n");
    assert_eq!(with(&[main, off]), []);
    let over = ("usr/lib/systemd/zram-generator.conf.d/20-limit.conf", "[zram0]\nhost-memory-limit=4096\n");
    assert_eq!(with(&[main, over]), []);
    assert_eq!(with(&[("run/systemd/zram-generator.conf", "[zram1]\n")])[0].1, device("/dev/zram1"));
    none(&[main]);
}

#[test]
fn what_rpi_swap_asks_of_zram_generator_is_rpi_swaps() {
    let asked =
        ("run/systemd/zram-generator.conf.d/20-x.conf", "# Automatically generated by rpi-swap-generator\n\n[zram0]\n");
    none(&[ZRAM_GENERATOR, asked]);
    let both = found(&[ZRAM_GENERATOR, RPI_SWAP, asked]);
    assert_eq!(both.iter().map(|(by, ..)| *by).collect::<Vec<_>>(), [Restorer::RpiSwap]);
    // The package was removed and left the other: rpi-swap#4.
    assert_eq!(
        found(&[ZRAM_GENERATOR, ("etc/systemd/zram-generator.conf", "[zram0]\n")])[0].0,
        Restorer::ZramGenerator
    );
}

#[test]
fn a_mask_ends_what_it_masks() {
    let fstab = ("etc/fstab", "/swap.img none swap sw 0 0\n");
    let zram = ("etc/systemd/zram-generator.conf", "[zram0]\n");
    assert_eq!(found(&[fstab, ZRAM_GENERATOR, zram, RPI_SWAP]).len(), 3);
    none(&[fstab, ("etc/systemd/system/swap.img.swap", "-> /dev/null")]);
    none(&[ZRAM_GENERATOR, zram, RPI_SWAP, ("etc/systemd/system/dev-zram0.swap", "-> /dev/null")]);
    none(&[ZRAM_GENERATOR, zram, ("etc/systemd/system/systemd-zram-setup@zram0.service", "-> /dev/null")]);
    none(&[fstab, ZRAM_GENERATOR, zram, RPI_SWAP, ("etc/systemd/system/swap.target", "-> /dev/null")]);
}

#[test]
fn the_kernels_command_line_has_the_last_word() {
    let fstab = ("etc/fstab", "/swap.img none swap sw 0 0\n");
    let zram = ("etc/systemd/zram-generator.conf", "[zram0]\n");
    none(&[fstab, ("proc/cmdline", "quiet systemd.swap=0\n")]);
    none(&[fstab, ("proc/cmdline", "fstab=no\n")]);
    none(&[ZRAM_GENERATOR, zram, ("proc/cmdline", "systemd.zram=0\n")]);
    assert_eq!(found(&[ZRAM_GENERATOR, ("proc/cmdline", "systemd.zram\n")])[0].2, "/proc/cmdline");
}

#[test]
fn a_line_of_fstab_names_its_device_through_links() {
    let fstab = ("etc/fstab", "UUID=ab-cd none swap sw 0 0\n");
    let link = ("dev/disk/by-uuid/ab-cd", "-> ../../sda2");
    assert_eq!(found(&[fstab, link])[0].1, device("/dev/sda2"));
    assert_eq!(found(&[fstab])[0].1, Brings::Some(Kind::Partition), "no /dev below the root");
    none(&[fstab, ("etc/systemd/system/dev-disk-by\\x2duuid-ab\\x2dcd.swap", "-> /dev/null")]);
}

#[test]
fn a_swap_unit_counts_if_something_wants_it() {
    let unit = ("etc/systemd/system/data-swap.swap", "[Swap]\nWhat=/data/swap\n");
    let wanted = "etc/systemd/system/swap.target.wants/data-swap.swap";
    none(&[unit]);
    none(&[(wanted, "-> ../data-swap.swap")]);
    let expected = [(Restorer::SwapUnit, device("/data/swap"), format!("/{wanted}"))];
    assert_eq!(found(&[unit, (wanted, "-> ../data-swap.swap")]), expected);
    let masked = ("etc/systemd/system/swap.target", "-> /dev/null");
    none(&[unit, (wanted, "-> ../data-swap.swap"), masked]);
    let elsewhere = "etc/systemd/system/multi-user.target.wants/data-swap.swap";
    assert_eq!(found(&[unit, (elsewhere, "-> ../data-swap.swap"), masked]).len(), 1);
}

#[test]
fn a_partition_of_type_swap_is_told_by_the_unit_made_of_it() {
    let unit = "run/systemd/generator.late/dev-sda3.swap";
    let made = (unit, "# Automatically generated by systemd-gpt-auto-generator\n\n[Swap]\nWhat=/dev/sda3\n");
    assert_eq!(found(&[GPT_AUTO, made]), [(Restorer::GptAuto, device("/dev/sda3"), format!("/{unit}"))]);
    none(&[made]);
    none(&[GPT_AUTO, (unit, "# Automatically generated by another\n")]);
    none(&[GPT_AUTO, made, ("etc/systemd/system/dev-sda3.swap", "-> /dev/null")]);
    none(&[GPT_AUTO, made, ("proc/cmdline", "systemd.gpt_auto=0")]);
}

#[test]
fn services_that_make_swap_are_known_by_name() {
    for (unit, by, brings) in [
        ("zram-config.service", Restorer::ZramConfig, Brings::Some(Kind::Zram)),
        ("armbian-zram-config.service", Restorer::ZramConfig, Brings::Some(Kind::Zram)),
        ("zramswap.service", Restorer::ZramTools, Brings::Some(Kind::Zram)),
        ("swapspace.service", Restorer::Swapspace, Brings::Some(Kind::File)),
    ] {
        let (file, wanted) =
            (format!("usr/lib/systemd/system/{unit}"), format!("etc/systemd/system/a.target.wants/{unit}"));
        let files = [(file.as_str(), SERVICE), (wanted.as_str(), "-> /x")];
        assert_eq!(found(&files), [(by, brings, format!("/{wanted}"))]);
        none(&files[..1]);
    }
}

#[test]
fn armbian_has_switches() {
    let with = |text| {
        found(&[
            ("usr/lib/systemd/system/armbian-zram-config.service", SERVICE),
            ("etc/systemd/system/sysinit.target.wants/armbian-zram-config.service", "-> /x"),
            ("etc/default/armbian-zram-config", text),
        ])
    };
    assert_eq!(with("ENABLED=true\n# SWAP=false\n").len(), 1);
    assert_eq!((with("ENABLED=false\n"), with("ENABLED=true\nSWAP=false\n")), (vec![], vec![]));
}

#[test]
fn a_service_of_the_host_that_calls_swapon_is_found() {
    let unit = "etc/systemd/system/my-swap.service";
    let wanted = ("etc/systemd/system/multi-user.target.wants/my-swap.service", "-> ../my-swap.service");
    let calls = (unit, "[Service]\nExecStart=/bin/sh -c 'mkswap /x && swapon /x'\n");
    assert_eq!(found(&[calls, wanted]), [(Restorer::Service, Brings::Anything, format!("/{unit}"))]);
    none(&[calls]);
    none(&[(unit, "# swapon\n[Service]\nExecStart=/bin/true\n"), wanted]);
}

#[test]
fn one_that_cannot_be_read_hides_no_other() {
    let big = "#".repeat(SETTINGS_LIMIT + 1);
    let machine = Machine::with(&[("etc/fstab", &big), RPI_SWAP]);
    for finding in look(&Root::new(machine.path())) {
        match (finding.by, finding.causes) {
            (Restorer::Fstab, causes) => assert_eq!(causes.unwrap_err().kind.word(), "oversized"),
            (Restorer::RpiSwap, causes) => assert_eq!(causes.unwrap().len(), 1),
            (by, causes) => assert_eq!(causes.unwrap(), [], "{by:?}"),
        }
    }
}

#[test]
fn fstab_is_read_where_units_cannot_be_seen() {
    let machine = Machine::with(&[("etc/fstab", "/swap.img none swap sw 0 0\n")]);
    std::fs::remove_dir_all(machine.path().join("usr")).unwrap();
    for finding in look(&Root::new(machine.path())) {
        match (finding.by, finding.causes) {
            (Restorer::Fstab, causes) => assert_eq!(causes.unwrap().len(), 1),
            (_, causes) => assert_eq!(causes.unwrap_err().kind.word(), "absent"),
        }
    }
}

#[test]
fn without_the_hosts_files_nobody_is_said_to_stay_away() {
    let machine = Machine::with(&[]);
    std::fs::remove_dir_all(machine.path().join("etc")).unwrap();
    let findings = look(&Root::new(machine.path()));
    let words: Vec<_> = findings.iter().map(|finding| finding.causes.as_ref().unwrap_err().kind.word()).collect();
    assert_eq!(words, ["absent"; Restorer::ALL.len()]);
}
