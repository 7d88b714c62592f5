//! Waiting for a state, never for a number of milliseconds, and never without an end.

#![expect(clippy::disallowed_methods, reason = "a rig waits in real time for real programs")]

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long a program on a busy build machine may take for what it does at once on an idle one.
pub const PATIENCE: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(20);

/// Looks again and again until `look` finds what it wants.
///
/// # Errors
/// When `patience` is over; the error says `what` was awaited.
pub fn until<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if started.elapsed() > patience {
            bail!("waited {} s in vain for {what}", patience.as_secs());
        }
        std::thread::sleep(PAUSE);
    }
}

/// Makes sure that something stays away for a while: the only honest way to show an absence.
///
/// # Errors
/// When `look` finds it before `span` is over; the error says `what` came.
pub fn never<T: std::fmt::Debug>(what: &str, span: Duration, mut look: impl FnMut() -> Option<T>) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < span {
        if let Some(found) = look() {
            bail!("{what}: {found:?}");
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Seconds since 1970, for payloads that carry a time.
#[must_use]
pub fn unix_now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_never_comes_ends_with_its_name() {
        let error = until("the kettle", Duration::ZERO, || None::<()>).unwrap_err();
        assert!(error.to_string().contains("the kettle"), "{error}");
    }

    #[test]
    fn a_state_that_comes_later_is_found() {
        let mut looks = 0;
        let found = until("the third look", PATIENCE, || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found.unwrap(), 3);
    }

    #[test]
    fn what_must_stay_away_is_named_when_it_comes() {
        assert!(never("a ring", Duration::from_secs(5), || Some(7)).unwrap_err().to_string().contains('7'));
    }
}
