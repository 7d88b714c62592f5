//! `/`: what is wrong now, and whether it gets through, in one look.

use std::fmt::Write as _;

use gjallarhorn_engine::{Severity, TargetName, TargetStatus, Timestamp, Trouble};
use gjallarhorn_service::http::Head;

use super::{ago, escape, frame};
use crate::serve::gauges;
use crate::serve::site::Rooms;

/// Lines on the page; a storm has more than anybody reads.
const SHOWN: usize = 20;

/// The page.
#[must_use]
pub fn page(rooms: &Rooms, _head: &Head) -> String {
    let mut body = String::new();
    let problems = problems(rooms);
    // An info is no trouble: it never rings either.
    let mut troubles = rooms.shared.core().engine.troubles();
    troubles.retain(|trouble| trouble.severity > Severity::Info);
    let title = title(troubles.len(), problems.len());
    let well = troubles.is_empty() && problems.is_empty();
    let _ = write!(body, "<h1 class=\"{}\">{title}</h1>", if well { "good" } else { "bad" });
    for problem in &problems {
        let _ = write!(body, "<p>{}</p>", escape(problem));
    }
    body.push_str(&list(&troubles, rooms.shared.clock.now()));
    body.push_str(&targets(rooms));
    body.push_str(&senders(rooms));
    body.push_str(&journal(rooms));
    frame(&title, "/", true, &body)
}

/// The answer to the question a person comes with. A router that is well says nothing of the cluster.
fn title(troubles: usize, problems: usize) -> String {
    match (troubles, problems) {
        (0, 0) => "Nothing is wrong, and messages get through".into(),
        (0, _) => "Messages may not get through".into(),
        (1, _) => "One thing is wrong".into(),
        (many, _) => format!("{many} things are wrong"),
    }
}

fn list(troubles: &[Trouble], now: Timestamp) -> String {
    let line = |trouble: &Trouble| {
        format!("<li>{} <small>for {}</small>", escape(&trouble.line), ago(now.since(trouble.since)))
    };
    let lines: String = troubles.iter().take(SHOWN).map(line).collect();
    match troubles.len() {
        0 => String::new(),
        many if many > SHOWN => format!("<ul class=\"wrong\">{lines}<li>and {} more</ul>", many - SHOWN),
        _ => format!("<ul class=\"wrong\">{lines}</ul>"),
    }
}

/// Whole sentences for a person, the worst first.
fn problems(rooms: &Rooms) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(reason) = rooms.shared.journal().failing {
        problems.push(format!("Alerts are told from memory, because the journal cannot be written: {reason}."));
    }
    for (name, status) in gauges::targets(&rooms.shared) {
        let reason = status.reason.clone().unwrap_or_else(|| "no reason is known".into());
        if status.stopped {
            problems.push(format!("Target {name} was stopped: {reason}."));
        } else if status.failures > 0 {
            problems.push(format!("Target {name} was not reached {} times in a row: {reason}.", status.failures));
        }
    }
    let now = rooms.shared.clock.now();
    for (name, heard) in rooms.shared.core().senders().iter().filter(|(_, heard)| heard.silent) {
        problems.push(format!("No word from {name} for {}. Alerts may be missing.", ago(now.since(heard.at))));
    }
    problems
}

fn targets(rooms: &Rooms) -> String {
    let now = rooms.shared.clock.now();
    let rows: String = gauges::targets(&rooms.shared)
        .iter()
        .map(|(name, status)| target(name, status, rooms.shared.core().last_told(name), now))
        .collect();
    if rows.is_empty() {
        return "<h2>Targets</h2><p class=\"empty\">There is no target. Name one in the configuration.</p>".into();
    }
    format!(
        "<h2>Targets</h2><table><thead><tr><th>Name<th>State<th>Waiting<th>Oldest<th>Last told</tr></thead>\
         <tbody>{rows}</tbody></table>"
    )
}

fn target(name: &TargetName, status: &TargetStatus, told: Option<Timestamp>, now: Timestamp) -> String {
    let state = match (status.stopped, status.failures) {
        (true, _) => "<span class=\"bad\">stopped</span>".to_owned(),
        (false, 0) => "<span class=\"good\">takes messages</span>".to_owned(),
        (false, failures) => format!("<span class=\"bad\">{failures} failures</span>"),
    };
    let since = |at: Option<Timestamp>, none: &str| at.map_or(none.to_owned(), |at| ago(now.since(at)));
    let told = told.map_or_else(|| "never".to_owned(), |at| format!("{} ago", ago(now.since(at))));
    format!(
        "<tr><th scope=\"row\">{}</th><td data-name=\"State\">{state}</td><td data-name=\"Waiting\">{}</td>\
         <td data-name=\"Oldest\">{}</td><td data-name=\"Last told\">{told}</td></tr>",
        escape(&name.0),
        status.waiting,
        since(status.oldest, "–"),
    )
}

fn senders(rooms: &Rooms) -> String {
    let now = rooms.shared.clock.now();
    let core = rooms.shared.core();
    let rows: String = core
        .senders()
        .iter()
        .map(|(name, heard)| {
            let class = if heard.silent { "bad" } else { "good" };
            let (name, age) = (escape(name), ago(now.since(heard.at)));
            format!(
                "<tr><th scope=\"row\">{name}</th><td data-name=\"Last word\" class=\"{class}\">{age} ago</td></tr>"
            )
        })
        .collect();
    if rows.is_empty() {
        return "<h2>Senders</h2><p class=\"empty\">Nothing was heard yet. Point Alertmanager's webhook at \
                <code>/v1/alertmanager</code>.</p>"
            .into();
    }
    format!("<h2>Senders</h2><table><thead><tr><th>Name<th>Last word</tr></thead><tbody>{rows}</tbody></table>")
}

fn journal(rooms: &Rooms) -> String {
    let state = rooms.shared.journal();
    let size = state.bytes.map_or_else(String::new, |bytes| format!(", {} MiB", bytes >> 20));
    let words = match state.failing {
        None => format!("<span class=\"good\">is written</span>{size}"),
        Some(reason) => format!("<span class=\"bad\">cannot be written: {}</span>", escape(&reason)),
    };
    format!("<h2>Journal</h2><p>{words}</p>")
}
