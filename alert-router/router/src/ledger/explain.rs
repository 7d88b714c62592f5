//! `explain`: what was received, what was decided, and what each target was told, in words.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use rusqlite::{Connection, Row};

use super::times::{local, span};
use super::{LedgerFailure, open};

/// Receipts shown; older ones are counted.
const RECEIPTS: i64 = 12;
/// Lines of one group's story.
const LINES: i64 = 60;

/// One line of a story.
struct Line {
    seq: i64,
    at_ms: i64,
    words: String,
}

/// What happened to a fingerprint, an alert's name, or a delivery; `None` if the ledger knows no such thing.
///
/// # Errors
/// [`LedgerFailure`].
pub fn explain(directory: &Path, query: &str) -> Result<Option<String>, LedgerFailure> {
    let connection = open(directory)?;
    for (title, condition) in [
        ("delivery", "a.seq IN (SELECT seq FROM inbox WHERE delivery = ?1)"),
        ("fingerprint", "a.fingerprint = ?1"),
        ("alert", "a.name = ?1"),
    ] {
        let receipts = receipts(&connection, condition, query)?;
        if let Some(oldest) = receipts.iter().map(|receipt| receipt.line.seq).min() {
            return Ok(Some(story(&connection, &format!("{title} {query}"), receipts, oldest)?));
        }
    }
    delivery_without_alerts(&connection, query)
}

struct Receipt {
    group: String,
    line: Line,
}

fn receipts(connection: &Connection, condition: &str, query: &str) -> rusqlite::Result<Vec<Receipt>> {
    let sql = format!(
        "SELECT a.seq, a.at_ms, a.grp, a.name, a.fingerprint, a.firing, a.starts_ms, i.source, i.delivery
         FROM alert a LEFT JOIN inbox i ON i.seq = a.seq WHERE {condition} ORDER BY a.seq DESC LIMIT {RECEIPTS}"
    );
    connection.prepare(&sql)?.query_map([query], receipt)?.collect()
}

fn receipt(row: &Row<'_>) -> rusqlite::Result<Receipt> {
    let (name, fingerprint): (String, String) = (row.get(3)?, row.get(4)?);
    let state = if row.get(5)? { "firing" } else { "over" };
    let source = row.get::<_, Option<String>>(7)?.unwrap_or_else(|| "a sender".into());
    let delivery = row.get::<_, Option<String>>(8)?.unwrap_or_else(|| "forgotten".into());
    let since = local(row.get(6)?);
    let words = format!("received {name} ({fingerprint}) from {source}, {state}, began {since}, delivery {delivery}");
    Ok(Receipt { group: row.get(2)?, line: Line { seq: row.get(0)?, at_ms: row.get(1)?, words } })
}

fn story(connection: &Connection, title: &str, receipts: Vec<Receipt>, oldest: i64) -> rusqlite::Result<String> {
    let groups: BTreeSet<String> =
        receipts.iter().map(|receipt| receipt.group.clone()).filter(|group| !group.is_empty()).collect();
    let mut text = format!("{title}\n");
    if receipts.len() as i64 == RECEIPTS {
        let _ = writeln!(text, "the last {RECEIPTS} receipts, and what followed:");
    }
    let mut lines: Vec<Line> = receipts.into_iter().map(|receipt| receipt.line).collect();
    for group in &groups {
        lines.extend(decisions(connection, group, oldest)?);
        lines.extend(attempts(connection, group, oldest)?);
    }
    lines.sort_by_key(|line| line.seq);
    for line in &lines {
        let _ = writeln!(text, "{}  {}", local(line.at_ms), line.words);
    }
    if !groups.is_empty() {
        let _ = writeln!(text, "group {}", groups.into_iter().collect::<Vec<_>>().join(", "));
    }
    Ok(text)
}

fn decisions(connection: &Connection, group: &str, from: i64) -> rusqlite::Result<Vec<Line>> {
    let sql = format!(
        "SELECT seq, at_ms, what, target, reason FROM decision
         WHERE grp = ?1 AND seq >= ?2 AND what NOT IN ('Started', 'Told') ORDER BY seq LIMIT {LINES}"
    );
    let line = |row: &Row<'_>| {
        let (what, target, reason): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let target = if target.is_empty() { target } else { format!("{target}: ") };
        Ok(Line {
            seq: row.get(0)?,
            at_ms: row.get(1)?,
            words: format!("  {target}{}, because {reason}", spaced(&what)),
        })
    };
    connection.prepare(&sql)?.query_map((group, from), line)?.collect()
}

fn attempts(connection: &Connection, group: &str, from: i64) -> rusqlite::Result<Vec<Line>> {
    let sql = format!(
        "SELECT a.seq, a.at_ms, a.target, a.number, a.what, a.ended_ms, a.outcome, a.detail, a.remote
         FROM told t JOIN attempt a ON a.seq = t.seq WHERE t.grp = ?1 AND t.seq >= ?2 ORDER BY t.seq LIMIT {LINES}"
    );
    connection.prepare(&sql)?.query_map((group, from), attempt)?.collect()
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Line> {
    let at_ms: i64 = row.get(1)?;
    let (target, number, what): (String, i64, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
    let end = match (row.get::<_, Option<i64>>(5)?, row.get::<_, Option<String>>(6)?) {
        (Some(ended), Some(outcome)) => {
            let detail = row.get::<_, Option<String>>(7)?.filter(|detail| !detail.is_empty());
            let message = row.get::<_, Option<String>>(8)?.map(|id| format!(", message {id}"));
            let detail = detail.map(|detail| format!(" ({detail})"));
            let took = span(ended.saturating_sub(at_ms));
            format!("{outcome} after {took}{}{}", detail.unwrap_or_default(), message.unwrap_or_default())
        }
        _ => "no answer yet".into(),
    };
    Ok(Line { seq: row.get(0)?, at_ms, words: format!("  {target}: {what}, attempt {number}: {end}") })
}

/// `TargetStopped` → `target stopped`.
fn spaced(what: &str) -> String {
    let mut words = String::new();
    for letter in what.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

fn delivery_without_alerts(connection: &Connection, query: &str) -> Result<Option<String>, LedgerFailure> {
    let sql = "SELECT at_ms, source, readable FROM inbox WHERE delivery = ? LIMIT 1";
    let mut statement = connection.prepare(sql)?;
    let found = statement.query_map([query], |row| {
        let state = if row.get(2)? { "without a new alert" } else { "that could not be read; its bytes are kept" };
        Ok(format!(
            "delivery {query}\n{}  received a webhook from {} {state}\n",
            local(row.get(0)?),
            row.get::<_, String>(1)?
        ))
    })?;
    Ok(found.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().next())
}

/// The latest things that went wrong: attempts that did not deliver, and what was stopped, dropped or given up.
///
/// # Errors
/// [`LedgerFailure`].
pub fn troubles(directory: &Path) -> Result<String, LedgerFailure> {
    let connection = open(directory)?;
    // The newest ten thousand are looked through: trouble older than that is for the ledger's JSON.
    let attempts = "SELECT seq, at_ms, target, number, what, ended_ms, outcome, detail, remote FROM
        (SELECT * FROM attempt ORDER BY seq DESC LIMIT 10000) WHERE outcome IS NOT 'delivered' LIMIT 20";
    let decisions =
        "SELECT seq, at_ms, what, target, reason FROM (SELECT * FROM decision ORDER BY seq DESC LIMIT 10000)
        WHERE what IN ('DeadLetter', 'TargetStopped', 'Dropped', 'Unrouted', 'Unreadable', 'SenderSilent', 'CardLost')
        LIMIT 20";
    let mut lines: Vec<Line> = connection.prepare(attempts)?.query_map([], attempt)?.collect::<Result<_, _>>()?;
    let decision = |row: &Row<'_>| {
        let (what, target, reason): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok(Line { seq: row.get(0)?, at_ms: row.get(1)?, words: format!("  {target} {}: {reason}", spaced(&what)) })
    };
    lines.extend(connection.prepare(decisions)?.query_map([], decision)?.collect::<Result<Vec<_>, _>>()?);
    lines.sort_by_key(|line| line.seq);
    if lines.is_empty() {
        return Ok("nothing went wrong lately: every attempt was delivered\n".into());
    }
    Ok(lines.iter().fold(String::from("what went wrong lately:\n"), |text, line| {
        text + &format!("{}  {}\n", local(line.at_ms), line.words.trim_start())
    }))
}
