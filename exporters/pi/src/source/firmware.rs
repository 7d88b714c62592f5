//! The asking side of the firmware: which device answers, what it refuses, and what an error number means.
//!
//! Several questions go to the child in one exchange, because what an exchange costs is waking the child and waking who
//! waits for it. Whoever asks one question asks in the same way.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gjallarhorn_service::child::{Bounds, Child, ChildState};
use gjallarhorn_service::failure::chain;
use gjallarhorn_service::{Failure, FailureKind, Timestamp};
use nix::errno::Errno;

use crate::parse::answer::{Answer, Door, Outcome};
use crate::parse::question::{Command, Question, Tag};
use crate::parse::{Refusal, exchange, message, text};

/// Those of an exchange.
const BOUNDS: Bounds = Bounds { question: exchange::QUESTIONS, answer: exchange::ANSWERS };

/// Whoever can be asked.
pub trait Ask: Send {
    /// One exchange: the answers to the first of these questions (to all of them, unless that takes long; to one at
    /// least), in their order, waiting at most `deadline`.
    ///
    /// # Errors
    /// As [`Child::ask`]; `malformed` if what came are no answers.
    fn ask_all(&mut self, questions: &[Question], deadline: Duration) -> Result<Vec<Answer>, Failure>;

    /// Since when it has been busy with an earlier question.
    fn busy_since(&mut self) -> Option<Timestamp>;
}

/// The child that asks the firmware.
#[derive(Debug)]
pub struct Mailbox {
    child: Child,
}

impl Mailbox {
    /// Starts the child: this very program with `arguments`, which must lead it to [`super::doors::serve`].
    ///
    /// # Errors
    /// As [`Child::start`].
    pub fn start(arguments: &[&str]) -> Result<Mailbox, Failure> {
        Ok(Mailbox { child: Child::start(arguments, BOUNDS)? })
    }
}

impl Ask for Mailbox {
    fn ask_all(&mut self, questions: &[Question], deadline: Duration) -> Result<Vec<Answer>, Failure> {
        let failed = |kind| Failure::new(kind, "ask", "the firmware");
        let packed = exchange::questions(questions).ok_or_else(|| failed(FailureKind::Unsupported))?;
        let bytes = self.child.ask(&packed, deadline)?;
        exchange::answers(&bytes, questions.len()).map_err(|error| failed(FailureKind::Malformed).because(error))
    }

    fn busy_since(&mut self) -> Option<Timestamp> {
        match self.child.state() {
            ChildState::Busy(since) => Some(since),
            ChildState::Ready | ChildState::Lost(_) => None,
        }
    }
}

/// The firmware, shared by all who ask it.
pub struct Firmware {
    /// Held while an exchange is out, which is at most its deadline: the firmware answers one at a time anyway, and once
    /// it hangs, nobody waits for it any more.
    asked: Mutex<Box<dyn Ask>>,
    /// What it has refused, and why. Each refusal costs a line in the kernel's log, so it is not asked again.
    refused: Mutex<BTreeMap<Question, (FailureKind, String)>>,
    /// The device that answered the last command.
    door: Mutex<Option<Door>>,
    deadline: Duration,
}

impl Firmware {
    /// The firmware behind `asked`; no exchange waits longer than `deadline`.
    #[must_use]
    pub fn new(asked: Box<dyn Ask>, deadline: Duration) -> Firmware {
        Firmware { asked: Mutex::new(asked), refused: Mutex::default(), door: Mutex::default(), deadline }
    }

    /// The text that answers a command.
    ///
    /// # Errors
    /// `absent` or `denied` if no device can be opened; `refused` or `unsupported` if the firmware does not do it, now and
    /// from then on without being asked; `timeout`, `blocked`, `lost` if it does not come back.
    pub fn text(&self, command: Command) -> Result<Vec<u8>, Failure> {
        self.hear(&[Question::Text(command)]).text(command)
    }

    /// The number that answers a tag.
    ///
    /// # Errors
    /// As [`Firmware::text`].
    pub fn number(&self, tag: Tag) -> Result<u32, Failure> {
        self.hear(&[Question::Tag(tag)]).number(tag)
    }

    /// Puts several questions, in one exchange if they are answered quickly.
    pub fn hear(&self, questions: &[Question]) -> Heard<'_> {
        let mut heard = Heard { firmware: self, answers: Vec::with_capacity(questions.len()) };
        heard.hear(questions);
        heard
    }

    /// Whether a question is not put any more, because it was refused.
    pub fn has_refused(&self, question: Question) -> bool {
        lock(&self.refused).contains_key(&question)
    }

    /// Since when a question has been out that did not come back in time.
    pub fn busy_since(&self) -> Option<Timestamp> {
        lock(&self.asked).busy_since()
    }

    /// The device that answered the last command.
    pub fn door(&self) -> Option<Door> {
        *lock(&self.door)
    }

    /// What it has refused so far, and why.
    pub fn refusals(&self) -> Vec<(String, String)> {
        lock(&self.refused).iter().map(|(question, (_, why))| (question.name(), why.clone())).collect()
    }

    /// What was said when it was refused.
    fn refusal(&self, question: Question) -> Option<Failure> {
        let refused = lock(&self.refused);
        let (kind, why) = refused.get(&question)?;
        Some(Failure::new(*kind, "ask for", question.name()).because(why.clone()))
    }

    fn meaning<T>(
        &self,
        question: Question,
        answer: Answer,
        read: impl FnOnce(&[u8]) -> Result<T, Refusal>,
    ) -> Result<T, Failure> {
        let failed = |kind| Failure::new(kind, "ask for", question.name());
        let (failure, for_good) = match answer.outcome {
            Outcome::Message(message) => match read(&message) {
                Ok(value) => return Ok(value),
                Err(refusal) => {
                    let for_good = !matches!(refusal, Refusal::Malformed(_));
                    (failed(refusal.kind()).because(refusal), for_good)
                }
            },
            Outcome::Errno(errno) => (failed(of_errno(errno)).because(Errno::from_raw(errno)), is_for_good(errno)),
            Outcome::Closed(errno) => (closed(answer.door, errno), false),
            Outcome::Unasked(why) => (failed(FailureKind::Malformed).because(why), false),
        };
        if for_good {
            lock(&self.refused).insert(question, (failure.kind, chain(&failure)));
        }
        Err(failure)
    }
}

/// Answers to questions that were put together, each to be taken once.
pub struct Heard<'f> {
    firmware: &'f Firmware,
    answers: Vec<(Question, Result<Answer, Failure>)>,
}

impl Heard<'_> {
    /// Puts more questions: those that were not put already, and that are not refused.
    pub fn hear(&mut self, questions: &[Question]) {
        let mut open = Vec::with_capacity(questions.len());
        for question in questions {
            if self.place(*question).is_some() {
                continue;
            }
            match self.firmware.refusal(*question) {
                Some(refusal) => self.answers.push((*question, Err(refusal))),
                None => open.push(*question),
            }
        }
        let mut left = &open[..];
        while !left.is_empty() {
            let answered = lock(&self.firmware.asked).ask_all(left, self.firmware.deadline);
            left = self.take_in(left, answered);
        }
    }

    /// Takes in one exchange; gives the questions that are left.
    fn take_in<'q>(&mut self, asked: &'q [Question], answered: Result<Vec<Answer>, Failure>) -> &'q [Question] {
        let nothing = || Failure::new(FailureKind::Malformed, "ask", "the firmware").because("nothing was answered");
        match answered.and_then(|answers| if answers.is_empty() { Err(nothing()) } else { Ok(answers) }) {
            Ok(answers) => {
                let count = answers.len().min(asked.len());
                self.answers.extend(asked.iter().copied().zip(answers.into_iter().map(Ok)));
                &asked[count..]
            }
            Err(failure) => {
                // Whichever of them it was: none has an answer.
                self.answers.extend(asked.iter().map(|question| (*question, Err(same(&failure)))));
                &[]
            }
        }
    }

    /// The text that answers a command.
    ///
    /// # Errors
    /// As [`Firmware::text`].
    pub fn text(&mut self, command: Command) -> Result<Vec<u8>, Failure> {
        let question = Question::Text(command);
        let answer = self.take(question);
        match &answer {
            Ok(answer) => *lock(&self.firmware.door) = Some(answer.door),
            Err(failure) if matches!(failure.kind, FailureKind::Absent | FailureKind::Denied) => {
                *lock(&self.firmware.door) = None
            }
            // What is not asked again, or does not come back, says nothing of the door.
            Err(_) => {}
        }
        self.firmware.meaning(question, answer?, |message| {
            let answer = message::text(message)?;
            text::told(answer).map(|_| answer.to_vec())
        })
    }

    /// The number that answers a tag.
    ///
    /// # Errors
    /// As [`Firmware::text`].
    pub fn number(&mut self, tag: Tag) -> Result<u32, Failure> {
        let question = Question::Tag(tag);
        let answer = self.take(question)?;
        self.firmware.meaning(question, answer, |message| message::number(message, tag))
    }

    fn take(&mut self, question: Question) -> Result<Answer, Failure> {
        let unasked = || Failure::new(FailureKind::Unsupported, "ask for", question.name()).because("nobody did");
        let place = self.place(question).ok_or_else(unasked)?;
        let answer = self.answers.swap_remove(place).1?;
        match answer.outcome {
            Outcome::Closed(errno) => Err(closed(answer.door, errno)),
            _ => Ok(answer),
        }
    }

    fn place(&self, question: Question) -> Option<usize> {
        self.answers.iter().position(|(one, _)| *one == question)
    }
}

/// The same failure for another question of an exchange.
fn same(failure: &Failure) -> Failure {
    let again = Failure::new(failure.kind, failure.doing, failure.what.clone());
    match std::error::Error::source(failure) {
        Some(beneath) => again.because(chain(beneath)),
        None => again,
    }
}

/// What it means that a device could not be opened.
fn closed(door: Door, errno: i32) -> Failure {
    let kind = match Errno::from_raw(errno) {
        Errno::ENOENT | Errno::ENODEV | Errno::ENXIO | Errno::ENOTDIR => FailureKind::Absent,
        Errno::EACCES | Errno::EPERM => FailureKind::Denied,
        Errno::ENOTTY => FailureKind::Unsupported,
        _ => FailureKind::Refused,
    };
    Failure::new(kind, "open", format!("/dev/{}", door.name())).because(Errno::from_raw(errno))
}

/// What it means that the call was refused.
fn of_errno(errno: i32) -> FailureKind {
    match Errno::from_raw(errno) {
        Errno::ENOENT | Errno::ENODEV | Errno::ENXIO => FailureKind::Absent,
        // The narrow door lets nothing but text commands through.
        Errno::EACCES | Errno::EPERM => FailureKind::Denied,
        // No such call: another device, or a machine that only plays one.
        Errno::ENOTTY | Errno::ENOSYS => FailureKind::Unsupported,
        Errno::ETIMEDOUT => FailureKind::Timeout,
        _ => FailureKind::Refused,
    }
}

/// Whether asking again would only bring the same, and another line in the kernel's log.
fn is_for_good(errno: i32) -> bool {
    matches!(Errno::from_raw(errno), Errno::EINVAL | Errno::ENOTTY | Errno::ENOSYS)
}

// Std mutexes: held for a few map accesses, `asked` for at most the deadline of one exchange (see there).
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::parse::message::answered;
    use crate::parse::question::Clock;

    const MEASURED: Tag = Tag::ClockMeasured(Clock::Arm);

    /// Always answers the same, and counts the questions.
    struct Says(Outcome, Arc<AtomicUsize>);

    impl Ask for Says {
        fn ask_all(&mut self, questions: &[Question], _deadline: Duration) -> Result<Vec<Answer>, Failure> {
            self.1.fetch_add(questions.len(), Ordering::Relaxed);
            let answer = Answer { door: Door::Vcio, outcome: self.0.clone() };
            Ok(questions.iter().map(|_| answer.clone()).collect())
        }

        fn busy_since(&mut self) -> Option<Timestamp> {
            None
        }
    }

    fn firmware(outcome: Outcome) -> (Firmware, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        (Firmware::new(Box::new(Says(outcome, Arc::clone(&asked))), Duration::from_secs(1)), asked)
    }

    /// What a question gives, and how often it was really asked when it is put twice.
    fn twice(outcome: Outcome) -> (FailureKind, usize) {
        let (firmware, asked) = firmware(outcome);
        let kind = firmware.number(MEASURED).unwrap_err().kind;
        assert_eq!(firmware.number(MEASURED).unwrap_err().kind, kind);
        (kind, asked.load(Ordering::Relaxed))
    }

    #[test]
    fn error_numbers_become_states_and_refusals_are_remembered() {
        use FailureKind::{Absent, Denied, Refused, Timeout, Unsupported};
        for (errno, kind, asked) in [
            (Errno::EINVAL, Refused, 1),
            (Errno::ENOTTY, Unsupported, 1),
            (Errno::ENOSYS, Unsupported, 1),
            (Errno::EPERM, Denied, 2),
            (Errno::EACCES, Denied, 2),
            (Errno::ENOENT, Absent, 2),
            (Errno::ETIMEDOUT, Timeout, 2),
            (Errno::EIO, Refused, 2),
        ] {
            assert_eq!(twice(Outcome::Errno(errno as i32)), (kind, asked), "{errno}");
        }
        assert_eq!(twice(Outcome::Closed(Errno::EACCES as i32)), (Denied, 2));
        assert_eq!(twice(Outcome::Closed(Errno::EPERM as i32)), (Denied, 2));
        assert_eq!(twice(Outcome::Closed(Errno::ENOENT as i32)), (Absent, 2));
        assert_eq!(twice(Outcome::Message(answered::nothing(Question::Tag(MEASURED)))), (Unsupported, 1));
        assert_eq!(twice(Outcome::Message(vec![1, 2, 3])), (FailureKind::Malformed, 2));
    }

    #[test]
    fn a_refusal_in_words_is_remembered_for_that_command_only() {
        let refusal =
            answered::text(Question::Text(Command::PmicReadAdc), b"error=1 error_msg=\"Command not registered\"");
        let (firmware, asked) = firmware(Outcome::Message(refusal));
        for _ in 0..3 {
            assert_eq!(firmware.text(Command::PmicReadAdc).unwrap_err().kind, FailureKind::Unsupported);
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        let _ = firmware.text(Command::MeasureTemp);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        let names: Vec<_> = firmware.refusals().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["measure_temp", "pmic_read_adc"]);
    }

    #[test]
    fn the_device_that_answered_is_known() {
        let (firmware, _) =
            firmware(Outcome::Message(answered::text(Question::Text(Command::MeasureTemp), b"temp=1.0'C")));
        assert_eq!(firmware.door(), None);
        assert_eq!(firmware.text(Command::MeasureTemp).unwrap(), b"temp=1.0'C");
        assert_eq!(firmware.door(), Some(Door::Vcio));
        lock(&firmware.refused).insert(Question::Text(Command::ArmFreq), (FailureKind::Refused, "as before".into()));
        assert_eq!(firmware.text(Command::ArmFreq).unwrap_err().kind, FailureKind::Refused);
        assert_eq!(firmware.door(), Some(Door::Vcio), "nobody was asked");
    }
}
