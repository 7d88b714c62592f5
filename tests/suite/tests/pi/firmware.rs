//! What the firmware says, who may ask it, and a firmware that no longer answers.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::chain::Page;
use gjallarhorn_rig::wait::until;

use super::{NOBODY, Odrerir, SLOW, WATCHER};

const UNDER_VOLTAGE: &str = "condition=\"under_voltage\"";

/// Holds a state of the board for two seconds of its own clock, and then until the sampler has looked twice more: on a
/// machine that stands still for a while, two seconds may pass without anybody having looked.
fn held(board: &Odrerir, begin: &str, end: &str, more: usize) -> Result<()> {
    board.pi.shell(&format!("{begin}; sleep 2"))?;
    board.more_questions(more)?;
    board.pi.shell(end)?;
    board.more_questions(more)
}

#[test]
fn a_drop_between_two_scrapes_is_counted_once() -> Result<()> {
    let board = Odrerir::boot()?;
    board.serve(WATCHER)?;
    let before = board.sample("rpi_throttle_active", &[UNDER_VOLTAGE], |active| active == 0.0)?;
    assert_eq!(before.need("rpi_throttle_events_total", &[UNDER_VOLTAGE])?, 0.0);
    assert_eq!(before.value("rpi_throttle_last_event_timestamp_seconds", &[UNDER_VOLTAGE]), None);

    held(&board, "echo 0x5 >/run/firmware/throttled", "echo 0x0 >/run/firmware/throttled", 2)?;
    let after = board.page()?;
    assert_eq!(after.need("rpi_throttle_events_total", &[UNDER_VOLTAGE])?, 1.0);
    assert_eq!(after.need("rpi_throttle_active", &[UNDER_VOLTAGE])?, 0.0);
    assert_eq!(after.need("rpi_throttle_occurred_since_boot", &[UNDER_VOLTAGE])?, 1.0);
    assert!(after.need("rpi_throttle_active_seconds_total", &[UNDER_VOLTAGE])? > 0.0);
    assert!(after.need("rpi_throttle_last_event_timestamp_seconds", &[UNDER_VOLTAGE])? > 1e9);
    assert_eq!(after.need("rpi_throttle_events_total", &["condition=\"throttled\""])?, 1.0);
    assert_eq!(after.need("rpi_throttle_events_total", &["condition=\"frequency_capped\""])?, 0.0);

    board.more_questions(2)?;
    assert_eq!(board.page()?.need("rpi_throttle_events_total", &[UNDER_VOLTAGE])?, 1.0, "still once");
    board.nothing_written()
}

#[test]
fn an_alarm_of_the_kernel_is_counted_where_the_firmware_may_not_be_asked() -> Result<()> {
    let board = Odrerir::boot()?;
    board.serve(NOBODY)?;
    let before = board.sample("rpi_undervoltage_alarm", &[], |alarm| alarm == 0.0)?;
    assert_eq!(before.need("rpi_throttle_events_total", &[UNDER_VOLTAGE])?, 0.0);
    let looks = |page: &Page| page.need("rpi_sampler_samples_total", &[]);
    let (alarm, quiet) = ("echo 1 >/run/hwmon/rpi_volt/in0_lcrit_alarm", "echo 0 >/run/hwmon/rpi_volt/in0_lcrit_alarm");
    board.pi.shell(&format!("{alarm}; sleep 4; {quiet}; sleep 4"))?;
    let after = board.page()?;
    assert!(looks(&after)? >= looks(&before)? + 2.0, "the sampler stood still");
    assert_eq!(after.need("rpi_undervoltage_alarm", &[])?, 0.0);
    assert_eq!(after.need("rpi_throttle_events_total", &[UNDER_VOLTAGE])?, 1.0);
    assert_eq!(after.value("rpi_throttle_flags", &[]), None, "nobody told them");
    board.pi.shell(alarm)?;
    board.sample("rpi_undervoltage_alarm", &[], |alarm| alarm == 1.0)?;
    Ok(())
}

/// Permissions of the nodes, the user, the door that is used, and the state of text commands and of property tags.
const DOORS: &[(&str, &str, &str, &str, &str)] = &[
    ("old", WATCHER, "vcio", "ok", "ok"),
    ("old", NOBODY, "none", "denied", "denied"),
    ("new", WATCHER, "vcio_gencmd", "ok", "denied"),
    ("new", NOBODY, "none", "denied", "denied"),
    ("mismatched", WATCHER, "none", "denied", "denied"),
    ("mismatched", NOBODY, "none", "denied", "denied"),
];

#[test]
fn each_set_of_permissions_gives_its_door_and_its_reason() -> Result<()> {
    let board = Odrerir::boot()?;
    for (shape, user, door, commands, tags) in DOORS {
        board.pi.shell(&format!("doors {shape}; rm -f /run/firmware/asked"))?;
        board.serve(user)?;
        board.state("gencmd", commands).with_context(|| format!("{shape}, {user}"))?;
        let page = board.state("tag", tags).with_context(|| format!("{shape}, {user}"))?;
        assert_eq!(page.need("rpi_firmware_door", &[&format!("door=\"{door}\"")])?, 1.0, "{shape}, {user}");
        let is_told = page.value("rpi_throttle_active", &["condition=\"throttled\""]).is_some();
        assert_eq!(is_told, *door != "none", "{shape}, {user}: the bits");
        assert!(
            page.need("rpi_temperature_celsius", &["soc_kernel"])? > 20.0,
            "{shape}, {user}: the kernel still tells"
        );
        let asked = board.pi.asked()?;
        assert!(asked.iter().all(|one| one.node == *door), "{shape}, {user}: {asked:?}");
        board.end()?;
    }
    Ok(())
}

#[test]
fn what_the_firmware_babbles_is_no_number_and_what_it_refuses_is_asked_once() -> Result<()> {
    let board = Odrerir::boot()?;
    board.pi.say("text/measure_temp", "temp=nan'C")?;
    board.pi.say("text/measure_volts_core", "volt=nanV")?;
    board.pi.say("text/measure_clock_core", "\u{1b}[31mfrequency(1)=many")?;
    board.serve(WATCHER)?;
    let page = board.state("firmware", "malformed")?;
    assert_eq!(page.value("rpi_rail_volts", &["rail=\"core\""]), None);
    assert_eq!(page.value("rpi_temperature_celsius", &["sensor=\"soc\""]), None);
    assert_eq!(page.value("rpi_clock_measured_hertz", &["clock=\"core\""]), None);
    assert_eq!(page.need("rpi_clock_measured_hertz", &["clock=\"arm\""])?, 1.2e9, "one bad answer hides no other");
    assert!(!board.log().contains('\u{1b}'), "{}", board.log());

    board.end()?;
    board.pi.shell("doors old")?;
    board.serve(WATCHER)?;
    board
        .sample("rpi_temperature_celsius", &["sensor=\"soc\""], |celsius| celsius == 48.312)
        .context("the tag knows where the command babbles")?;
    board.more_questions(30)?;
    let asked = board.pi.asked()?;
    let refused = asked.iter().filter(|one| one.outcome == "refused");
    let mut times: BTreeMap<(u32, &str), usize> = BTreeMap::new();
    refused.for_each(|one| *times.entry((one.tag, &one.question)).or_default() += 1);
    assert!(!times.is_empty() && times.values().all(|times| *times == 1), "{times:?}");

    board.pi.say("fault", "timeout")?;
    board.state("gencmd", "timeout")?;
    board.pi.say("fault", "none")?;
    board.state("gencmd", "ok")?;
    board.nothing_written()
}

/// The process that is stuck in a call to the firmware, or nothing.
const STUCK: &str = "grep -l request_wait_answer /proc/[0-9]*/wchan | head -n 1 | cut -d / -f 3";

#[test]
fn a_firmware_that_hangs_holds_up_neither_the_page_nor_the_end() -> Result<()> {
    let board = Odrerir::boot()?;
    board.serve(WATCHER)?;
    board.sample("rpi_throttle_active", &["condition=\"throttled\""], |active| active == 0.0)?;
    board.pi.say("fault", "hang")?;
    let page = board.state("gencmd", "blocked")?;
    let alarm_read = page.need("gjallarhorn_source_last_success_timestamp_seconds", &["source=\"hwmon_volt\""])?;
    let family = "gjallarhorn_source_last_success_timestamp_seconds";
    let page = board.sample(family, &["source=\"hwmon_volt\""], |read| read > alarm_read + 2.0)?;
    page.need("rpi_temperature_celsius", &["soc_kernel"])?;
    page.need("node_conformity_ok", &["check=\"swap_off\""])?;
    board.page_with("old bits to be dropped", |page| page.value("rpi_throttle_flags", &[]).is_none())?;

    let child = board.pi.shell(STUCK)?.trim().to_owned();
    ensure!(!child.is_empty(), "nobody waits for the firmware");
    board.end().context("SIGTERM while the child is stuck")?;
    let stuck = format!("kill -9 {child} && grep -q 'State:.D' /proc/{child}/status");
    until("the child that cannot even be killed", SLOW, || board.pi.shell(&stuck).ok())?;
    board.serve(WATCHER)?;
    board.state("gencmd", "blocked")?;

    board.pi.say("fault", "none")?;
    board.sample("rpi_throttle_active", &["condition=\"throttled\""], |active| active == 0.0)?;
    until("the old child's end", SLOW, || board.pi.shell(&format!("[ ! -d /proc/{child} ]")).ok())?;
    board.nothing_written()
}
