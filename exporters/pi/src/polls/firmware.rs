//! What the firmware says of clocks, voltages, its temperature and its limits: by text commands, or where that door is
//! closed, by property tags.

use std::sync::Arc;

use gjallarhorn_service::{Failure, Timestamp};

use super::{HOURLY, Sum, leaves_another, or_else};
use crate::observe::slow::{self, Fixed, Said};
use crate::parse::question::{Clock, Question, Rail, Tag};
use crate::parse::reading::Reading;
use crate::parse::sysfs;
use crate::role::{FIRMWARE, Shared, TAG};
use crate::source::firmware::{Firmware, Heard};
use crate::source::machine::value;

/// The most that the kernel may ask for, kHz.
const MAX_FREQ: &str = "sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq";

/// What does not change before a restart.
const FIXED: [Reading; 3] = [Reading::ArmMax, Reading::HardLimit, Reading::SoftLimit];

/// Lets the firmware speak.
pub(crate) struct Speaker {
    shared: Arc<Shared>,
    fixed: Fixed,
    /// When the fixed part was last read whole, and when the property tags were last heard.
    read: Option<Timestamp>,
    heard: Option<Timestamp>,
}

impl Speaker {
    pub(crate) fn new(shared: Arc<Shared>) -> Speaker {
        Speaker { shared, fixed: Fixed::default(), read: None, heard: None }
    }

    pub(crate) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.shared.present()?;
        let shared = Arc::clone(&self.shared);
        let is_due = |then: Option<Timestamp>| then.is_none_or(|then| now.since(then) >= HOURLY);
        let (tags_due, fixed_due) = (is_due(self.heard), is_due(self.read));
        let readings: Vec<Reading> =
            if fixed_due { FIXED.into_iter().chain(moving()).collect() } else { moving().collect() };
        let begun = Timestamp::now();
        let mut heard = shared.firmware.hear(&first_ways(&shared.firmware, &readings, tags_due));
        if tags_due {
            let built = shared.tell(TAG, begun, heard.number(Tag::FirmwareBuild));
            self.heard = built.is_ok().then_some(now);
            self.fixed.built = built.ok().or(self.fixed.built);
        }
        let mut sum = Sum::default();
        let values = both_ways(&mut heard, &readings).into_iter().map(|(reading, value)| (reading, sum.take(value)));
        let values: Vec<_> = values.filter_map(|(reading, value)| Some((reading, value?))).collect();
        if fixed_due {
            self.fix(&values, now);
        }
        shared.keep(FIRMWARE, now, slow::firmware(&said(&values, self.fixed.clone())));
        sum.outcome()
    }

    /// Takes in what does not change; it is read again each hour, or in the next round if it could not be.
    fn fix(&mut self, values: &[(Reading, f64)], now: Timestamp) {
        // Without the firmware, the most that the kernel may ask for.
        let kernel = || value(&self.shared.machine.at(MAX_FREQ), sysfs::kilohertz).ok();
        let arm_max = of(values, Reading::ArmMax).or_else(|| kernel().map(|hertz| hertz as f64));
        let hard = of(values, Reading::HardLimit);
        self.read = (arm_max.is_some() && hard.is_some()).then_some(now);
        self.fixed.arm_max = arm_max.or(self.fixed.arm_max);
        self.fixed.hard = hard.or(self.fixed.hard);
        self.fixed.soft = of(values, Reading::SoftLimit).or(self.fixed.soft);
    }
}

/// What is read in each round.
fn moving() -> impl Iterator<Item = Reading> {
    let clocks = Clock::ALL.into_iter().map(Reading::Speed);
    clocks.chain(Rail::ALL.into_iter().map(Reading::Volts)).chain([Reading::Celsius])
}

/// What is asked first, all together: the texts, and the tags in place of those that are refused.
fn first_ways(firmware: &Firmware, readings: &[Reading], with_build: bool) -> Vec<Question> {
    let build = with_build.then_some(Question::Tag(Tag::FirmwareBuild));
    let ways = readings.iter().flat_map(|reading| {
        let text = Question::Text(reading.command());
        let tag = reading.tag().filter(|_| firmware.has_refused(text));
        [Some(text), tag.map(Question::Tag)].into_iter().flatten()
    });
    build.into_iter().chain(ways).collect()
}

/// The values by the texts that were heard, or where those leave it open, by tags, which are asked together too.
fn both_ways(heard: &mut Heard<'_>, readings: &[Reading]) -> Vec<(Reading, Result<f64, Failure>)> {
    let first: Vec<_> = readings.iter().map(|reading| (*reading, told(heard, *reading))).collect();
    let is_open = |value: &Result<f64, Failure>| value.as_ref().is_err_and(|failure| leaves_another(failure.kind));
    let open = first.iter().filter(|(_, value)| is_open(value));
    let tags: Vec<Question> = open.filter_map(|(reading, _)| reading.tag().map(Question::Tag)).collect();
    heard.hear(&tags);
    let mut second = |reading: Reading, tag| heard.number(tag).map(|number| reading.of_tag(number));
    let both = first.into_iter().map(|(reading, first)| match reading.tag() {
        Some(tag) => (reading, or_else(first, || second(reading, tag))),
        None => (reading, first),
    });
    both.collect()
}

fn told(heard: &mut Heard<'_>, reading: Reading) -> Result<f64, Failure> {
    let answer = heard.text(reading.command())?;
    reading.of_text(&answer).map_err(|refusal| {
        Failure::new(refusal.kind(), "read the answer to", reading.command().line()).because(refusal)
    })
}

fn said(values: &[(Reading, f64)], fixed: Fixed) -> Said {
    let clocks = Clock::ALL.into_iter().filter_map(|clock| Some((clock.word(), of(values, Reading::Speed(clock))?)));
    let volts = Rail::ALL.into_iter().filter_map(|rail| Some((rail.word(), of(values, Reading::Volts(rail))?)));
    let celsius = of(values, Reading::Celsius).and_then(sysfs::plausible);
    Said { clocks: clocks.collect(), volts: volts.collect(), celsius, fixed }
}

fn of(values: &[(Reading, f64)], reading: Reading) -> Option<f64> {
    values.iter().find(|(one, _)| *one == reading).map(|(_, value)| *value)
}
