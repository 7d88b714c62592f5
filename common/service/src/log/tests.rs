use super::*;

#[test]
fn the_level_is_kept_and_words_are_refused() {
    let lines = Lines { level: Level::INFO, format: Format::Logfmt };
    assert_eq!(lines.max_level_hint(), Some(tracing::level_filters::LevelFilter::INFO));
    assert_eq!("json".parse(), Ok(Format::Json));
    assert_eq!("xml".parse::<Format>(), Err("expected `logfmt` or `json`"));
}

#[test]
fn a_full_queue_drops_and_counts_and_never_waits() {
    let queue = Queue::unread();
    for _ in 0..queue::LINES + 3 {
        queue.push("line\n".into());
    }
    assert_eq!(queue.dropped(), 3);
}
