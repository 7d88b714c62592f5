//! What the role sees, in words for a person at night: which doors are open, what each says, how old it is, and the
//! command that opens a closed one.

use std::fmt::Write as _;

use gjallarhorn_service::Timestamp;
use gjallarhorn_service::health::SourceReport;
use gjallarhorn_service::words::ago;

use crate::observe::tally::Sample;
use crate::parse::throttle::Condition;
use crate::role::{
    BOOTLOADER, CPUFREQ, DEVICETREE, FAN, FIRMWARE, GENCMD, HWMON_VOLT, NAME, PMIC, PSU, RTC, SENSORS, Shared, TAG,
    THERMAL,
};

/// Every source, what it is for a person, and where it comes from.
const SOURCES: &[(&str, &str, &str)] = &[
    (GENCMD, "firmware", "text commands, /dev/vcio_gencmd or /dev/vcio: throttle bits, since boot"),
    (TAG, "tags", "property tags, /dev/vcio: the same without memory; root's on newer systems"),
    (HWMON_VOLT, "alarm", "the sensor rpi_volt: under-voltage within the last two seconds"),
    (THERMAL, "heat", "the thermal zone cpu-thermal"),
    (FIRMWARE, "clocks", "clocks, voltages, limits by the firmware"),
    (CPUFREQ, "asked", "what Linux asks of the CPU's clock, cpufreq"),
    (PMIC, "power", "the power chip of a Raspberry Pi 5, pmic_read_adc"),
    (FAN, "fan", "fans by name, what cools, trips"),
    (SENSORS, "others", "the I/O chip and NVMe disks"),
    (RTC, "cell", "the clock's cell"),
    (DEVICETREE, "board", "the device tree"),
    (PSU, "supply", "what the supply said at boot, device tree"),
    (BOOTLOADER, "boot", "the bootloader, device tree"),
];

/// How a door that may not be opened is opened: to the service's user, and as a device.
const GRANT: &str = "Let its user into the group that may: sudo usermod -aG video USER, then restart the service. Where the\n    \
                     device is root's alone, this gives it to the group for good:\n    \
                     echo 'KERNEL==\"vcio_gencmd\", GROUP=\"video\", MODE=\"0660\"' | sudo tee /etc/udev/rules.d/91-vcio.rules\n    \
                     sudo udevadm control --reload && sudo udevadm trigger --name-match=vcio_gencmd\n    \
                     If there is no /dev/vcio_gencmd at all, the kernel is older than the rules: update it (sudo apt full-upgrade),\n    \
                     or open /dev/vcio the same way, knowing that it can also be written to.\n    \
                     In a unit: DeviceAllow=/dev/vcio_gencmd r and BindPaths=/dev/vcio_gencmd. In a pod: a device plugin.";

/// What it means that no door is there.
const NO_DOOR: &str = "No throttle bits and no measured clock: only the kernels of Raspberry Pi OS and Ubuntu's raspi have\n    \
                       the device, and a pod sees it through a device plugin only.";

/// The whole text.
pub(crate) fn text(shared: &Shared, now: Timestamp) -> String {
    let mut out = String::new();
    let sign = shared.machine.sign();
    let Ok(sign) = sign else { return "This is no Raspberry Pi.\n".into() };
    let _ = writeln!(out, "{sign}");
    condition(shared, now, &mut out);
    shared.health.tell_overdue(now);
    let rows = shared.health.sources();
    let rows: Vec<&SourceReport> = rows.iter().filter(|row| row.role == NAME && row.item.is_empty()).collect();
    let _ = writeln!(out, "\nDoors");
    for (source, word, about) in SOURCES {
        row(rows.iter().find(|row| row.source == *source).copied(), word, about, now, &mut out);
    }
    hints(&rows, &mut out);
    refusals(shared, &mut out);
    out
}

/// What the sampler sees now, and what it has counted.
fn condition(shared: &Shared, now: Timestamp, out: &mut String) {
    let Some(sample) = shared.last_sample(now) else {
        let _ = writeln!(out, "  now         nothing was seen in the last seconds");
        return;
    };
    let _ = writeln!(out, "  now         {}", held(&sample));
    if let Some(bits) = sample.bits {
        let since = if sample.is_text { "" } else { " (read as a tag: bits 16 to 19 do not last)" };
        let _ = writeln!(out, "  bits        {:#x}{since}", bits.0);
    }
    if let Some(celsius) = sample.celsius {
        let _ = writeln!(out, "  heat        {celsius:.1} °C by the kernel");
    }
    if shared.board().and_then(|board| board.detects_undervoltage()) == Some(false) {
        let _ = writeln!(out, "  supply      this model cannot notice a weak supply: silence means nothing");
    }
    let tally = shared.tally();
    for condition in Condition::ALL {
        let track = tally.of(condition);
        if let Some(last) = track.last_event {
            let ago = ago(now.unix.saturating_sub(last));
            let word = condition.word();
            let _ = writeln!(out, "  {word}: {} times since the exporter started, last {ago}", track.events);
        }
    }
}

fn held(sample: &Sample) -> String {
    if sample.bits.is_none() && sample.alarm.is_none() {
        return "neither throttle bits nor alarm can be read".into();
    }
    let held = Condition::ALL.into_iter().filter(|one| sample.holds(*one) == Some(true)).map(Condition::word);
    let mut words: Vec<&str> = held.collect();
    if sample.alarm == Some(true) && !words.contains(&"under_voltage") {
        words.push("under-voltage within the last two seconds");
    }
    match (words.is_empty(), sample.bits) {
        (true, None) => "no alarm of the supply; whether it is throttled cannot be read".into(),
        (true, Some(_)) => "nothing holds it back".into(),
        (false, _) => words.join(", "),
    }
}

fn row(row: Option<&SourceReport>, word: &str, about: &str, now: Timestamp, out: &mut String) {
    let Some(row) = row else {
        let _ = writeln!(out, "  {word:<11} not asked yet ({about})");
        return;
    };
    let age = row.last_success.map_or_else(|| "never read".to_owned(), |at| format!("read {}", ago(now.since(at))));
    let _ = writeln!(out, "  {word:<11} {}, {age} ({about})", row.state);
    if let Some(since) = row.blocked_since {
        let _ = writeln!(out, "    What was asked {} has not come back.", ago(now.since(since)));
    }
    if !row.why.is_empty() {
        let _ = writeln!(out, "    {}", row.why);
    }
}

/// The command that opens what is closed.
fn hints(rows: &[&SourceReport], out: &mut String) {
    let state = |source: &str| rows.iter().find(|row| row.source == source).map_or("", |row| row.state);
    match state(GENCMD) {
        "denied" => drop(writeln!(out, "\nThe firmware's door is closed.\n    {GRANT}")),
        "absent" if state(TAG) != "ok" => drop(writeln!(out, "\nThe firmware cannot be asked.\n    {NO_DOOR}")),
        _ => {}
    }
    if state(DEVICETREE) == "absent" {
        let _ = writeln!(
            out,
            "\nThe device tree cannot be seen: in a pod /sys/firmware is masked. Mount the host's /sys read-only at\n    \
             /host/sys and start with --root /host."
        );
    }
}

fn refusals(shared: &Shared, out: &mut String) {
    let refusals = shared.firmware.refusals();
    if !refusals.is_empty() {
        let _ = writeln!(out, "\nNot asked again until a restart, because the firmware refused");
    }
    for (name, why) in refusals {
        let _ = writeln!(out, "  {name}: {why}");
    }
}
