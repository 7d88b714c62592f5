use super::*;

fn running() -> Scan {
    Scan {
        function: ScanFunction::Resilver,
        result: ScanResult::Running,
        paused: false,
        start: Some(1000),
        end: None,
        total: Some(4000),
        issued: Some(1000),
        repaired: Some(0),
        errors: Some(0),
        pass_start: Some(1100),
        pass_paused: Some(50),
        pass_issued: Some(500),
    }
}

#[test]
fn what_remains_is_reckoned_from_the_present_pass_without_its_pauses() {
    // 500 bytes in 50 s, 3000 to go.
    assert_eq!(remaining(&running(), 1200), Some(300.0));
}

#[test]
fn what_remains_is_absent_when_it_is_not_known() {
    let unknown = [
        ("paused", Scan { paused: true, ..running() }),
        ("nothing read yet", Scan { pass_issued: Some(0), ..running() }),
        ("more read than there was", Scan { issued: Some(5000), ..running() }),
        ("no start", Scan { pass_start: None, ..running() }),
        ("no total", Scan { total: None, ..running() }),
    ];
    for (why, scan) in unknown {
        assert_eq!(remaining(&scan, 1200), None, "{why}");
    }
    assert_eq!(remaining(&running(), 1150), None, "no time has passed");
    assert_eq!(remaining(&running(), 900), None, "the clock was set back");
}

#[test]
fn a_part_is_never_more_than_the_whole() {
    assert_eq!(part(5000, 4000), Some(1.0));
    assert_eq!(part(1000, 4000), Some(0.25));
    assert_eq!(part(0, 0), None);
}
