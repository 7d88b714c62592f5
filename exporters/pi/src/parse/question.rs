//! The closed list of what the firmware may be asked.
//!
//! `/dev/vcio` also carries tags that write one-time-programmable memory, run code and can hang the firmware (0x00030010).
//! They do not exist here: a question is a member of [`ALL`], and what travels to the child is its place in that list.
//! Neither does `get_throttled` with an argument, which forgets what has happened since boot; and the mask of latches to
//! clear, which the tag of the throttle bits takes, is always 0.

/// A clock whose speed the firmware can measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Clock {
    /// The CPU cores.
    Arm,
    /// The rest of the chip.
    Core,
    /// The 3D block.
    V3d,
    /// The video decoder.
    H264,
    /// The camera's image processor.
    Isp,
}

impl Clock {
    /// Every clock.
    pub const ALL: [Clock; 5] = [Clock::Arm, Clock::Core, Clock::V3d, Clock::H264, Clock::Isp];

    /// Its name in commands and labels.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Clock::Arm => "arm",
            Clock::Core => "core",
            Clock::V3d => "v3d",
            Clock::H264 => "h264",
            Clock::Isp => "isp",
        }
    }

    /// Its number in property tags.
    const fn id(self) -> u32 {
        match self {
            Clock::Arm => 3,
            Clock::Core => 4,
            Clock::V3d => 5,
            Clock::H264 => 6,
            Clock::Isp => 7,
        }
    }
}

/// A rail whose voltage the firmware sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rail {
    /// The chip.
    Core,
    /// The memory's controller.
    SdramC,
    /// The memory's interface.
    SdramI,
    /// The memory's cells.
    SdramP,
}

impl Rail {
    /// Every rail.
    pub const ALL: [Rail; 4] = [Rail::Core, Rail::SdramC, Rail::SdramI, Rail::SdramP];

    /// Its name in commands and labels.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Rail::Core => "core",
            Rail::SdramC => "sdram_c",
            Rail::SdramI => "sdram_i",
            Rail::SdramP => "sdram_p",
        }
    }

    /// Its number in property tags.
    const fn id(self) -> u32 {
        match self {
            Rail::Core => 1,
            Rail::SdramC => 2,
            Rail::SdramP => 3,
            Rail::SdramI => 4,
        }
    }
}

/// A text command. All of them only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    /// The throttle bits, without an argument: nothing is forgotten.
    GetThrottled,
    /// Temperature of the chip.
    MeasureTemp,
    /// Speed of a clock.
    MeasureClock(Clock),
    /// Voltage of a rail.
    MeasureVolts(Rail),
    /// The highest speed of the CPU by configuration.
    ArmFreq,
    /// The hard limit of temperature by configuration.
    TempLimit,
    /// The soft limit of temperature by configuration.
    TempSoftLimit,
    /// Every reading of the power chip.
    PmicReadAdc,
}

impl Command {
    /// The command as the firmware reads it.
    #[must_use]
    pub fn line(self) -> String {
        match self {
            Command::GetThrottled => "get_throttled".into(),
            Command::MeasureTemp => "measure_temp".into(),
            Command::MeasureClock(clock) => format!("measure_clock {}", clock.word()),
            Command::MeasureVolts(rail) => format!("measure_volts {}", rail.word()),
            Command::ArmFreq => "get_config arm_freq".into(),
            Command::TempLimit => "get_config temp_limit".into(),
            Command::TempSoftLimit => "get_config temp_soft_limit".into(),
            Command::PmicReadAdc => "pmic_read_adc".into(),
        }
    }
}

/// A property tag. All of them only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// When the firmware was built, seconds since 1970.
    FirmwareBuild,
    /// The speed that was asked for, Hz.
    ClockRequested(Clock),
    /// The highest speed, Hz.
    ClockMax(Clock),
    /// The speed as measured, Hz.
    ClockMeasured(Clock),
    /// Voltage of a rail, µV.
    Volts(Rail),
    /// Temperature of the chip, m°C.
    Temperature,
    /// The hard limit of temperature, m°C.
    MaxTemperature,
    /// The throttle bits.
    Throttled,
}

impl Tag {
    /// Its number and the words of its value, answers' room included (`raspberrypi-firmware.h`, `vcmailbox` manual page).
    #[must_use]
    pub fn request(self) -> (u32, Vec<u32>) {
        match self {
            Tag::FirmwareBuild => (0x0000_0001, vec![0]),
            Tag::ClockRequested(clock) => (0x0003_0002, vec![clock.id(), 0]),
            Tag::ClockMax(clock) => (0x0003_0004, vec![clock.id(), 0]),
            Tag::ClockMeasured(clock) => (0x0003_0047, vec![clock.id(), 0]),
            Tag::Volts(rail) => (0x0003_0003, vec![rail.id(), 0]),
            Tag::Temperature => (0x0003_0006, vec![0, 0]),
            Tag::MaxTemperature => (0x0003_000a, vec![0, 0]),
            // The value is a mask of latched bits to clear.
            Tag::Throttled => (0x0003_0046, vec![0]),
        }
    }
}

/// Something the firmware may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// A text command.
    Text(Command),
    /// One property tag; a message never carries two, because one that is not known fails the whole message.
    Tag(Tag),
}

/// Every question there is.
pub const ALL: [Question; 30] = {
    use Question::{Tag as T, Text as C};
    [
        C(Command::GetThrottled),
        C(Command::MeasureTemp),
        C(Command::MeasureClock(Clock::Arm)),
        C(Command::MeasureClock(Clock::Core)),
        C(Command::MeasureClock(Clock::V3d)),
        C(Command::MeasureClock(Clock::H264)),
        C(Command::MeasureClock(Clock::Isp)),
        C(Command::MeasureVolts(Rail::Core)),
        C(Command::MeasureVolts(Rail::SdramC)),
        C(Command::MeasureVolts(Rail::SdramI)),
        C(Command::MeasureVolts(Rail::SdramP)),
        C(Command::ArmFreq),
        C(Command::TempLimit),
        C(Command::TempSoftLimit),
        C(Command::PmicReadAdc),
        T(Tag::FirmwareBuild),
        T(Tag::ClockRequested(Clock::Arm)),
        T(Tag::ClockMax(Clock::Arm)),
        T(Tag::ClockMeasured(Clock::Arm)),
        T(Tag::ClockMeasured(Clock::Core)),
        T(Tag::ClockMeasured(Clock::V3d)),
        T(Tag::ClockMeasured(Clock::H264)),
        T(Tag::ClockMeasured(Clock::Isp)),
        T(Tag::Volts(Rail::Core)),
        T(Tag::Volts(Rail::SdramC)),
        T(Tag::Volts(Rail::SdramI)),
        T(Tag::Volts(Rail::SdramP)),
        T(Tag::Temperature),
        T(Tag::MaxTemperature),
        T(Tag::Throttled),
    ]
};

impl Question {
    /// The question as it travels to the child: its place in [`ALL`]; nothing for a question that is not in it.
    #[must_use]
    pub fn packed(self) -> Option<u8> {
        ALL.iter().position(|one| *one == self).and_then(|place| u8::try_from(place).ok())
    }

    /// The question of a byte, if it is one.
    #[must_use]
    pub fn unpacked(place: u8) -> Option<Question> {
        ALL.get(usize::from(place)).copied()
    }

    /// What it is called in messages to people, and the name of its file in a recording: `measure_clock_arm`,
    /// `00030047_3`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Question::Text(command) => command.line().replace(' ', "_"),
            Question::Tag(tag) => match tag.request() {
                (id, words) if words.len() == 2 && words[0] != 0 => format!("{id:08x}_{}", words[0]),
                (id, _) => format!("{id:08x}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_travels_as_its_place_and_nothing_else_does() {
        for one in ALL {
            assert_eq!(Question::unpacked(one.packed().unwrap()), Some(one));
        }
        assert_eq!((Question::unpacked(30), Question::unpacked(255)), (None, None));
    }

    /// The tags that write, by the kernel's list: bit 15 of the number.
    #[test]
    fn nothing_that_writes_is_among_them() {
        for one in ALL {
            match one {
                Question::Tag(tag) => assert_eq!(tag.request().0 & 0x8000, 0, "{one:?}"),
                Question::Text(command) => {
                    let line = command.line();
                    let verb = line.split(' ').next().unwrap();
                    assert!(
                        ["get_throttled", "get_config", "pmic_read_adc"].contains(&verb)
                            || verb.starts_with("measure_")
                    );
                }
            }
        }
        assert_eq!(Command::GetThrottled.line(), "get_throttled", "an argument would forget what has happened");
        assert_eq!(Tag::Throttled.request(), (0x0003_0046, vec![0]), "a mask would clear latched bits");
    }

    #[test]
    fn names_are_those_of_a_recording() {
        assert_eq!(Question::Text(Command::MeasureClock(Clock::Arm)).name(), "measure_clock_arm");
        assert_eq!(Question::Tag(Tag::ClockMeasured(Clock::Arm)).name(), "00030047_3");
        assert_eq!(Question::Tag(Tag::FirmwareBuild).name(), "00000001");
        assert_eq!(Question::Tag(Tag::Temperature).name(), "00030006");
        let names: std::collections::BTreeSet<_> = ALL.iter().map(|one| one.name()).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
