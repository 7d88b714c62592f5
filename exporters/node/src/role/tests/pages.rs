//! Golden pages of recorded machines. A page that changes is looked at, and accepted with `INSTA_UPDATE=always`.

use std::collections::BTreeSet;

use super::*;

const MACHINES: [&str; 5] = ["pios-bookworm", "pios-trixie", "ubuntu", "microk8s-clean", "names-disagree"];

fn page_of(machine: &str) -> String {
    let mut stage = Stage::new(&recorded(machine), &Config::default());
    stage.rounds(at(0));
    stage.page(at(5))
}

#[test]
fn pages_of_recorded_machines_are_golden() {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| MACHINES.into_iter().for_each(|name| insta::assert_snapshot!(name, page_of(name))));
}

#[test]
fn every_family_is_on_the_page_of_some_recorded_machine() {
    let pages: String = MACHINES.into_iter().map(page_of).collect();
    let shown: BTreeSet<&str> =
        pages.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let missing: Vec<_> = TABLE.iter().map(|family| family.name).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_clean_machine_conforms_in_everything() {
    let page = page_of("microk8s-clean");
    let outcomes: Vec<_> = page.lines().filter(|line| line.starts_with("node_conformity_ok{")).collect();
    assert_eq!(outcomes.len(), Check::ALL.len() - 1, "all but the page size, of which nothing is expected");
    assert!(outcomes.iter().all(|line| line.ends_with(" 1")), "{outcomes:#?}");
}

#[test]
fn the_machine_id_itself_is_nowhere() {
    for machine in MACHINES {
        let page = page_of(machine);
        assert!(!page.contains("0123456789abcdef") && page.contains("machine_id_hash=\""), "{page}");
    }
}
