//! From bytes to a webhook, in the order in which things are refused: size, encoding, depth, JSON, shape.

use serde::de::IgnoredAny;

use super::error::{ParseError, near};
use super::wire::{WireAlert, WireWebhook};
use super::{Alert, Limits, Status, Webhook, receiver, rfc3339, trim};
use crate::names::hash;

/// Reads one webhook. Unknown fields are ignored, missing ones and those of another type are empty, alerts beyond the
/// limit are counted in `truncated_alerts`.
///
/// # Errors
/// When the bytes are too many, no UTF-8, too deep, no JSON or hold no alerts; each with the offending text.
pub fn parse(body: &[u8], limits: &Limits) -> Result<Webhook, ParseError> {
    if body.len() > limits.bytes {
        return Err(ParseError::TooLarge { bytes: body.len(), limit: limits.bytes });
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        ParseError::NotUtf8 { at, near: near(body, at) }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_depth(text.as_bytes(), limits.depth)?;
    let wire = read_json(text)?;
    if wire.alerts.is_none() && wire.group_key.is_none() {
        return Err(ParseError::NoWebhook { near: near(body, 0) });
    }
    Ok(webhook(wire, limits))
}

/// Deep nesting is refused before the JSON reader recurses into it.
fn check_depth(body: &[u8], limit: usize) -> Result<(), ParseError> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in body.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return Err(ParseError::TooDeep { limit, at, near: near(body, at) });
        }
    }
    Ok(())
}

fn read_json(text: &str) -> Result<WireWebhook, ParseError> {
    let wrong = |error: serde_json::Error| {
        let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        ParseError::NotJson { problem: error.to_string(), near: near(text.as_bytes(), before + error.column()) }
    };
    if !text.trim_start().starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text).map_err(wrong)?;
        return Err(ParseError::NoWebhook { near: near(text.as_bytes(), 0) });
    }
    serde_json::from_str(text).map_err(wrong)
}

fn webhook(wire: WireWebhook, limits: &Limits) -> Webhook {
    let mut alerts = wire.alerts.unwrap_or_default();
    let beyond = alerts.len().saturating_sub(limits.alerts);
    alerts.truncate(limits.alerts);
    Webhook {
        group_key: trim::text(wire.group_key.unwrap_or_default().0, limits.value),
        receiver: trim::text(receiver::unquoted(&wire.receiver.0), limits.value),
        status: status(&wire.status.0),
        truncated_alerts: wire.truncated_alerts.0.saturating_add(beyond as u64),
        group_labels: trim::labels(wire.group_labels.0, limits),
        common_labels: trim::labels(wire.common_labels.0, limits),
        common_annotations: trim::labels(wire.common_annotations.0, limits),
        route_labels: trim::labels(wire.route_labels.0, limits),
        external_url: trim::text(wire.external_url.0, limits.value),
        notification_reason: trim::text(wire.notification_reason.0, limits.value),
        alerts: alerts.into_iter().map(|alert| read_alert(alert, limits)).collect(),
    }
}

fn read_alert(wire: WireAlert, limits: &Limits) -> Alert {
    let status = status(&wire.status.0);
    let labels = trim::labels(wire.labels.0, limits);
    let fingerprint = match wire.fingerprint.0 {
        given if !given.is_empty() => trim::text(given, limits.name),
        _ => hash(labels.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()])),
    };
    Alert {
        status,
        starts_at: rfc3339::read(&wire.starts_at.0).unwrap_or_default(),
        ends_at: (status == Status::Resolved).then(|| rfc3339::read(&wire.ends_at.0)).flatten(),
        labels,
        annotations: trim::labels(wire.annotations.0, limits),
        generator_url: trim::text(wire.generator_url.0, limits.value),
        fingerprint,
        dashboard_url: trim::text(wire.panel_url.or(wire.dashboard_url), limits.value),
        silence_url: trim::text(wire.silence_url.0, limits.value),
        value: trim::text(values(&wire.value_string.0), limits.value),
    }
}

fn status(word: &str) -> Status {
    if word.trim().eq_ignore_ascii_case("resolved") { Status::Resolved } else { Status::Firing }
}

/// Grafana's `[ var='A' labels={…} value=91.5 ], …` as its numbers: `91.5, …`; anything else as it is.
fn values(text: &str) -> String {
    let numbers: Vec<&str> = text
        .split(" value=")
        .skip(1)
        .filter_map(|rest| rest.split([' ', ']']).next())
        .filter(|word| !word.is_empty())
        .collect();
    if numbers.is_empty() { text.to_owned() } else { numbers.join(", ") }
}
