//! Short times and what may not be known, as people say them.

use std::time::Duration;

/// `0.3 ms`.
pub(super) fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// What is known, or that it is not.
pub(super) fn yes_no(known: Option<bool>) -> &'static str {
    match known {
        Some(true) => "yes",
        Some(false) => "no",
        None => "cannot tell",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_said() {
        assert_eq!(milliseconds(Duration::from_micros(340)), "0.3 ms");
        assert_eq!([Some(true), Some(false), None].map(yes_no), ["yes", "no", "cannot tell"]);
    }
}
