//! The rig itself, before anything of ours is judged by it.

use anyhow::Result;
use gjallarhorn_rig::pi::Pi;
use gjallarhorn_rig::wait::{PATIENCE, until};

#[test]
fn the_played_firmware_answers_as_a_boards_does() -> Result<()> {
    let pi = Pi::start("odrerir", &[], &[])?;
    pi.say("throttled", "0x5")?;
    let told = pi.shell("ask /dev/vcio get_throttled tag:00030046:0 tag:00030047:3:0 tag:00030099:0 nonsense")?;
    for line in [
        "get_throttled: throttled=0x50005",
        "tag:00030046:0: 0x50005",
        "tag:00030047:3:0: 0x3 0x47868c00",
        "tag:00030099:0: EINVAL",
        "nonsense: error=1 error_msg=\"Command not registered\"",
    ] {
        assert!(told.lines().any(|one| one == line), "no `{line}` in:\n{told}");
    }
    let told = pi.shell(
        "ask /dev/vcio_gencmd tag:00030046:0 'measure_clock arm'; su nobody -c 'ask /dev/vcio_gencmd version'",
    )?;
    assert_eq!(told, "tag:00030046:0: EPERM\nmeasure_clock arm: frequency(45)=1200000000\nversion: EACCES\n");
    let asked = pi.asked()?;
    assert_eq!(asked.iter().filter(|one| one.outcome == "refused").count(), 1, "{asked:?}");
    let strange: Vec<_> = asked.iter().filter(|one| one.writes()).map(|one| one.question.as_str()).collect();
    assert_eq!(strange, ["nonsense"], "what is not known to read might write");
    pi.say("fault", "timeout")?;
    assert_eq!(pi.shell("ask /dev/vcio get_throttled")?, "get_throttled: ETIMEDOUT\n");
    cannot_be_killed(&pi)
}

/// A call that hangs is stuck in the kernel, where no signal reaches it, and holds up the other node as well.
fn cannot_be_killed(pi: &Pi) -> Result<()> {
    pi.say("fault", "hang")?;
    pi.shell(
        "ask /dev/vcio get_throttled & echo $! >/run/first; ask /dev/vcio_gencmd get_throttled & echo $! >/run/second",
    )?;
    until("a call that hangs", PATIENCE, || pi.asked().ok()?.into_iter().find(|one| one.outcome == "hung"))?;
    let stuck = "kill -9 $(cat /run/first) $(cat /run/second); \
                 grep -h State /proc/$(cat /run/first)/status /proc/$(cat /run/second)/status";
    until("both in the kernel", PATIENCE, || {
        pi.shell(stuck).ok().filter(|states| states.matches("D (disk sleep)").count() == 2)
    })?;
    pi.say("fault", "none")?;
    until("their end", PATIENCE, || {
        pi.shell("[ ! -d /proc/$(cat /run/first) ] && [ ! -d /proc/$(cat /run/second) ]").ok()
    })
    .map(drop)
}
