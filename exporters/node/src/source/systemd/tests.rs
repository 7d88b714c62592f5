//! What is started, told from folders alone.

use super::*;
use crate::tests::Machine;

const SERVICE: &str = "[Service]\nExecStart=/sbin/x\n";
const LINK: &str = "-> /usr/lib/systemd/system/x.service";
const WANTED: &str = "etc/systemd/system/multi-user.target.wants/x.service";
const VENDOR: &str = "usr/lib/systemd/system/x.service";

fn starts(files: &[(&str, &str)]) -> Option<String> {
    let machine = Machine::with(files);
    let root = Root::new(machine.path());
    Systemd::read(&root).unwrap().starts_service("x.service").unwrap()
}

#[test]
fn a_unit_that_is_wanted_and_there_is_started() {
    assert_eq!(starts(&[(WANTED, LINK), (VENDOR, SERVICE)]), Some(format!("/{WANTED}")));
    let required = "usr/lib/systemd/system/a.target.requires/x.service";
    assert_eq!(starts(&[(required, LINK), (VENDOR, SERVICE)]), Some(format!("/{required}")));
}

#[test]
fn a_unit_that_is_gone_masked_or_not_wanted_is_not() {
    assert_eq!(starts(&[(WANTED, LINK)]), None, "the package was removed and left its link");
    assert_eq!(starts(&[(VENDOR, SERVICE)]), None, "disabled");
    for mask in ["-> /dev/null", ""] {
        for folder in ["etc/systemd/system", "run/systemd/system"] {
            let mask = (&*format!("{folder}/x.service"), mask);
            assert_eq!(starts(&[(WANTED, LINK), (VENDOR, SERVICE), mask]), None, "{mask:?}");
        }
    }
}

#[test]
fn an_override_that_is_no_mask_changes_nothing() {
    let own = ("etc/systemd/system/x.service", SERVICE);
    let drop_in = ("etc/systemd/system/x.service.d/override.conf", "");
    assert!(starts(&[(WANTED, LINK), (VENDOR, SERVICE), own, drop_in]).is_some());
}

#[test]
fn a_start_script_counts_only_where_there_is_no_unit() {
    let script = ("etc/rc2.d/S01x", "-> ../init.d/x");
    assert_eq!(starts(&[script]), Some("/etc/rc2.d/S01x".into()));
    assert_eq!(starts(&[("etc/rc2.d/K01x", "-> ../init.d/x"), ("etc/rc2.d/S01xy", "-> ../init.d/xy")]), None);
    assert_eq!(starts(&[script, (VENDOR, SERVICE)]), None);
    assert_eq!(starts(&[script, ("etc/systemd/system/x.service", "-> /dev/null")]), None);
}

#[test]
fn a_generator_that_is_masked_is_not_at_work() {
    let installed = ("usr/lib/systemd/system-generators/g", "program");
    let generator = |files: &[(&str, &str)]| {
        let machine = Machine::with(files);
        let root = Root::new(machine.path());
        Systemd::read(&root).unwrap().generator("g").unwrap()
    };
    assert_eq!(generator(&[installed]).as_deref(), Some("/usr/lib/systemd/system-generators/g"));
    assert_eq!(generator(&[installed, ("etc/systemd/system-generators/g", "-> /dev/null")]), None);
    assert_eq!(generator(&[]), None);
}

#[test]
fn without_the_hosts_files_nothing_is_said() {
    let machine = Machine::with(&[]);
    let bare = Root::new(&machine.path().join("run"));
    assert_eq!(Systemd::read(&bare).unwrap_err().kind, FailureKind::Absent);
    std::fs::remove_dir_all(machine.path().join("usr")).unwrap();
    let root = Root::new(machine.path());
    let failure = Systemd::read(&root).unwrap_err();
    assert_eq!((failure.kind, failure.what.as_str()), (FailureKind::Absent, "the units of the host"));
}

#[test]
fn of_another_init_nothing_is_known() {
    let machine = Machine::with(&[]);
    std::fs::remove_dir_all(machine.path().join("usr/lib/systemd")).unwrap();
    std::fs::create_dir(machine.path().join("etc/runlevels")).unwrap();
    let root = Root::new(machine.path());
    assert_eq!(Systemd::read(&root).unwrap_err().kind, FailureKind::Unsupported);
}
