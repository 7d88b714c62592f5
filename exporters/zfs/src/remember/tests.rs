use super::*;

fn scanned(function: ScanFunction, result: ScanResult, end: u64) -> Pool {
    let scan = Scan {
        function,
        result,
        paused: false,
        start: Some(end - 10),
        end: Some(end),
        total: None,
        issued: None,
        repaired: Some(4096),
        errors: Some(0),
        pass_start: None,
        pass_paused: None,
        pass_issued: None,
    };
    Pool { guid: Some(42), scan: Some(scan), ..Pool::default() }
}

fn present(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn learn(memory: &mut Memory, name: &str, report: &Pool) {
    memory.learn(name, report, &present(&[name]), 1000);
}

#[test]
fn a_finished_scrub_outlives_what_came_after_it() {
    let mut memory = Memory::default();
    learn(&mut memory, "tank", &scanned(ScanFunction::Scrub, ScanResult::Finished, 500));
    let scrub = Finished { end: 500, start: Some(490), errors: Some(0), repaired: Some(4096) };
    for after in [
        scanned(ScanFunction::Scrub, ScanResult::Running, 600),
        scanned(ScanFunction::Scrub, ScanResult::Canceled, 610),
        scanned(ScanFunction::Resilver, ScanResult::Finished, 700),
        Pool { guid: Some(42), ..Pool::default() },
    ] {
        learn(&mut memory, "tank", &after);
        assert_eq!(memory.of("tank").unwrap().scrub, Some(scrub.clone()));
    }
    assert_eq!(memory.of("tank").unwrap().resilver, Some(700));
    learn(&mut memory, "tank", &scanned(ScanFunction::Scrub, ScanResult::Finished, 800));
    assert_eq!(memory.of("tank").unwrap().scrub.as_ref().unwrap().end, 800);
}

#[test]
fn first_seen_stays() {
    let mut memory = Memory::default();
    memory.saw("tank", 5);
    memory.saw("tank", 9);
    learn(&mut memory, "tank", &scanned(ScanFunction::Scrub, ScanResult::Finished, 500));
    assert_eq!(memory.of("tank").unwrap().first_seen, 5);
}

#[test]
fn another_pool_of_the_same_name_has_no_past() {
    let mut memory = Memory::default();
    memory.saw("tank", 5);
    learn(&mut memory, "tank", &scanned(ScanFunction::Scrub, ScanResult::Finished, 500));
    learn(&mut memory, "tank", &Pool { guid: Some(43), ..Pool::default() });
    assert_eq!(memory.of("tank"), Some(&Past { guid: Some(43), first_seen: 1000, ..Past::default() }));
}

#[test]
fn a_renamed_pool_keeps_its_past_and_the_old_name_is_not_missed() {
    let mut memory = Memory::default();
    memory.saw("tank", 5);
    learn(&mut memory, "tank", &scanned(ScanFunction::Scrub, ScanResult::Finished, 500));
    learn(&mut memory, "lake", &Pool { guid: Some(42), ..Pool::default() });
    assert_eq!(memory.names().collect::<Vec<_>>(), ["lake"]);
    let past = memory.of("lake").unwrap();
    assert_eq!((past.first_seen, past.scrub.as_ref().unwrap().end), (5, 500));
}

/// Two pools cannot have one identity, but a copy of a disk image can claim it.
#[test]
fn a_twin_takes_nothing_from_a_pool_that_is_there() {
    let mut memory = Memory::default();
    learn(&mut memory, "tank", &scanned(ScanFunction::Scrub, ScanResult::Finished, 500));
    memory.learn("copy", &Pool { guid: Some(42), ..Pool::default() }, &present(&["copy", "tank"]), 1000);
    assert_eq!(memory.names().collect::<Vec<_>>(), ["copy", "tank"]);
    assert!(memory.of("tank").unwrap().scrub.is_some());
}

#[test]
fn a_report_without_identity_changes_no_identity() {
    let mut memory = Memory::default();
    learn(&mut memory, "tank", &scanned(ScanFunction::Scrub, ScanResult::Finished, 500));
    learn(&mut memory, "tank", &Pool::default());
    assert_eq!(memory.of("tank").unwrap().guid, Some(42));
    assert!(memory.of("tank").unwrap().scrub.is_some());
}

#[test]
fn the_forgotten_are_gone() {
    let mut memory = Memory::default();
    memory.saw("pool with space", 5);
    memory.forget("pool with space");
    assert_eq!(memory.names().count(), 0);
}
