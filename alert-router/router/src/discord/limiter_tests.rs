use proptest::prelude::*;

use super::*;

const HOOK: &str = "1";

fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

fn ok(remaining: u32, reset: u64) -> Heard {
    let bucket = Some("b".to_owned());
    Heard { status: 200, remaining: Some(remaining), reset_after: Some(ms(reset)), bucket, ..Heard::default() }
}

fn limited(after: u64) -> Heard {
    let scope = Some("user".to_owned());
    Heard { status: 429, retry_after: Some(ms(after)), scope, ..Heard::default() }
}

fn exchange(limiter: &mut Limiter, now: Duration, route: Route, answer: &Heard) {
    limiter.sent(now, HOOK, route);
    limiter.heard(now, HOOK, route, answer);
}

#[test]
fn an_empty_bucket_waits_for_its_reset() {
    let mut limiter = Limiter::default();
    exchange(&mut limiter, ms(1000), Route::Create, &ok(0, 700));
    assert_eq!(limiter.ready_at(HOOK, Route::Create), ms(1700) + MARGIN);
    assert_eq!(limiter.ready_at(HOOK, Route::Edit), Duration::ZERO, "another bucket");
}

#[test]
fn routes_with_one_bucket_name_share_it() {
    let mut limiter = Limiter::default();
    exchange(&mut limiter, ms(1000), Route::Edit, &ok(4, 700));
    exchange(&mut limiter, ms(1000), Route::Create, &ok(0, 700));
    assert_eq!(limiter.ready_at(HOOK, Route::Edit), ms(1700) + MARGIN);
}

#[test]
fn five_in_two_seconds_without_any_header() {
    let mut limiter = Limiter::default();
    for n in 0..5 {
        assert!(limiter.ready_at(HOOK, Route::Create) <= ms(1000 + n));
        exchange(&mut limiter, ms(1000 + n), Route::Create, &Heard { status: 200, ..Heard::default() });
    }
    assert_eq!(limiter.ready_at(HOOK, Route::Edit), ms(3000) + MARGIN, "every request of a webhook counts");
    assert_eq!(limiter.ready_at("2", Route::Create), Duration::ZERO, "another webhook");
}

#[test]
fn a_slow_answer_starts_the_window_when_it_came() {
    let mut limiter = Limiter::default();
    for n in 0..5 {
        limiter.sent(ms(1000 + n * 100), HOOK, Route::Create);
        limiter.heard(ms(1090 + n * 100), HOOK, Route::Create, &Heard { status: 200, ..Heard::default() });
    }
    assert_eq!(limiter.ready_at(HOOK, Route::Create), ms(3090) + MARGIN);
}

#[test]
fn retry_after_is_kept_and_scope_decides_how_wide() {
    let mut limiter = Limiter::default();
    exchange(&mut limiter, ms(1000), Route::Create, &limited(40_000));
    assert_eq!(limiter.ready_at(HOOK, Route::Create), ms(41_000) + MARGIN);
    assert_eq!(limiter.ready_at("2", Route::Create), Duration::ZERO);
    exchange(&mut limiter, ms(1000), Route::Create, &Heard { global: true, ..limited(9_000) });
    assert_eq!(limiter.ready_at("2", Route::Create), ms(10_000) + MARGIN);
}

#[test]
fn a_429_that_names_nothing_costs_five_seconds_and_doubles() {
    let mut limiter = Limiter::default();
    let silent = Heard { status: 429, ..Heard::default() };
    let mut now = ms(1000);
    for seconds in [5, 10, 20, 40, 80, 160, 320, 320] {
        exchange(&mut limiter, now, Route::Create, &silent);
        let ready = limiter.ready_at("another", Route::Look);
        assert_eq!(ready, now + Duration::from_secs(seconds) + MARGIN, "it speaks for the whole address");
        now = ready;
    }
    exchange(&mut limiter, now, Route::Create, &Heard { status: 200, ..Heard::default() });
    exchange(&mut limiter, now, Route::Create, &silent);
    assert_eq!(limiter.ready_at(HOOK, Route::Look), now + FLOOR + MARGIN, "a success forgives");
}

#[test]
fn old_messages_are_edited_at_most_three_times_in_six_seconds() {
    let mut limiter = Limiter::default();
    for n in 0..3 {
        exchange(&mut limiter, ms(1000 + n), Route::OldEdit, &Heard { status: 200, ..Heard::default() });
    }
    assert_eq!(limiter.ready_at(HOOK, Route::OldEdit), ms(7000) + MARGIN);
    assert_eq!(limiter.ready_at(HOOK, Route::Edit), Duration::ZERO);
}

#[test]
fn a_restart_remembers_what_was_announced() {
    let mut limiter = Limiter::default();
    exchange(&mut limiter, ms(1000), Route::Create, &limited(40_000));
    let known = limiter.announced(ms(2000), HOOK, Route::Create).expect("a limit is in force");
    let mut fresh = Limiter::default();
    fresh.restore(ms(50), &known);
    assert!(fresh.ready_at(HOOK, Route::Create) >= ms(39_050));
    assert_eq!(limiter.announced(ms(60_000), HOOK, Route::Create), None, "it is over");
}

#[test]
fn a_restored_bucket_is_not_spent_twice() {
    let mut fresh = Limiter::default();
    fresh.restore(ms(0), &Announced { webhook: HOOK.into(), route: Route::Create, remaining: 1, wait: ms(9000) });
    assert_eq!(fresh.ready_at(HOOK, Route::Create), Duration::ZERO);
    fresh.sent(ms(10), HOOK, Route::Create);
    assert_eq!(fresh.ready_at(HOOK, Route::Create), ms(9000));
}

/// A peer that counts like Discord: `limit` requests in each `width`, announced in every answer.
struct Peer {
    limit: u32,
    width: Duration,
    used: u32,
    ends: Duration,
}

impl Peer {
    fn answer(&mut self, now: Duration) -> Heard {
        if now >= self.ends {
            (self.used, self.ends) = (0, now + self.width);
        }
        self.used += 1;
        let left = self.limit.saturating_sub(self.used);
        let rest = self.ends.saturating_sub(now);
        let bucket = Some("peer".to_owned());
        if self.used > self.limit {
            return Heard { status: 429, retry_after: Some(rest), bucket, ..Heard::default() };
        }
        Heard { status: 200, remaining: Some(left), reset_after: Some(rest), bucket, ..Heard::default() }
    }
}

proptest! {
    /// A peer that announces its limits never has to refuse us, however requests and answers are spaced.
    #[test]
    fn never_refused_by_a_peer_that_announces(
        limit in 1u32..8, width in 200u64..60_000, gaps in prop::collection::vec((0u64..3000, 0u64..400, 0u64..400), 1..200),
    ) {
        let mut peer = Peer { limit, width: ms(width), used: 0, ends: Duration::ZERO };
        let mut limiter = Limiter::default();
        let mut now = ms(1);
        for (pause, there, back) in gaps {
            now = (now + ms(pause)).max(limiter.ready_at(HOOK, Route::Create));
            limiter.sent(now, HOOK, Route::Create);
            let answer = peer.answer(now + ms(there));
            now += ms(there + back);
            limiter.heard(now, HOOK, Route::Create, &answer);
            prop_assert_ne!(answer.status, 429);
        }
    }

    /// Whatever is heard, the limiter answers, and never demands more than its ceiling.
    #[test]
    fn any_answer_leaves_a_bounded_wait(
        status in 100u16..600, remaining in any::<Option<u32>>(), reset in any::<Option<u32>>(), retry in any::<Option<u64>>(),
        global in any::<bool>(), named in any::<bool>(),
    ) {
        let mut limiter = Limiter::default();
        let heard = Heard {
            status, remaining, global,
            reset_after: reset.map(|s| Duration::from_secs(s.into())),
            retry_after: retry.map(Duration::from_secs),
            bucket: named.then(|| "n".to_owned()),
            ..Heard::default()
        };
        exchange(&mut limiter, ms(5), Route::Edit, &heard);
        prop_assert!(limiter.ready_at(HOOK, Route::Edit) <= ms(5) + CEILING + MARGIN);
    }
}
