//! What happened since a number, as JSON for programs.

use std::path::Path;

use rusqlite::{Connection, Row};
use serde_json::{Value, json};

use super::{LedgerFailure, open};

/// Rows of one answer; ask again with `next`.
const MOST: i64 = 500;

/// Webhooks, decisions and attempts after event `since`, oldest first, and where to go on.
///
/// # Errors
/// [`LedgerFailure`].
pub fn since(directory: &Path, since: i64) -> Result<String, LedgerFailure> {
    let connection = open(directory)?;
    let mut rows = Vec::new();
    rows.extend(read(&connection, "SELECT seq, at_ms, delivery, source, readable FROM inbox", since, webhook)?);
    rows.extend(read(&connection, "SELECT seq, at_ms, what, grp, target, reason FROM decision", since, decision)?);
    rows.extend(read(
        &connection,
        "SELECT seq, at_ms, target, number, what, ended_ms, outcome, detail, remote FROM attempt",
        since,
        attempt,
    )?);
    rows.sort_by_key(|(seq, _)| *seq);
    // Each kind stops at its limit; beyond the lowest of those the picture is not whole.
    let whole = rows.get(usize::try_from(MOST).unwrap_or(0)).map(|(seq, _)| *seq);
    rows.retain(|(seq, _)| whole.is_none_or(|end| *seq < end));
    let next = rows.last().map_or(since, |(seq, _)| *seq);
    let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(json!({ "next": next, "rows": rows }).to_string())
}

fn read(
    connection: &Connection,
    select: &str,
    since: i64,
    row: fn(&Row<'_>) -> rusqlite::Result<Value>,
) -> rusqlite::Result<Vec<(i64, Value)>> {
    connection
        .prepare(&format!("{select} WHERE seq > ? ORDER BY seq LIMIT ?"))?
        .query_map([since, MOST + 1], |found| Ok((found.get(0)?, row(found)?)))?
        .collect()
}

fn webhook(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "kind": "webhook", "seq": row.get::<_, i64>(0)?, "at_ms": row.get::<_, i64>(1)?,
        "delivery": row.get::<_, String>(2)?, "source": row.get::<_, String>(3)?, "readable": row.get::<_, bool>(4)?,
    }))
}

fn decision(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "kind": "decision", "seq": row.get::<_, i64>(0)?, "at_ms": row.get::<_, i64>(1)?,
        "what": row.get::<_, String>(2)?, "group": row.get::<_, String>(3)?, "target": row.get::<_, String>(4)?,
        "reason": row.get::<_, String>(5)?,
    }))
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "kind": "attempt", "seq": row.get::<_, i64>(0)?, "at_ms": row.get::<_, i64>(1)?,
        "target": row.get::<_, String>(2)?, "number": row.get::<_, i64>(3)?, "what": row.get::<_, String>(4)?,
        "ended_ms": row.get::<_, Option<i64>>(5)?, "outcome": row.get::<_, Option<String>>(6)?,
        "detail": row.get::<_, Option<String>>(7)?, "message": row.get::<_, Option<String>>(8)?,
    }))
}
