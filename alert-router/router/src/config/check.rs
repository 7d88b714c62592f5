//! What is wrong with a configuration that has the right shape.

use std::collections::BTreeSet;

use gjallarhorn_engine::Matcher;
use lettre::Address;
use lettre::message::Mailbox;

use super::policy::PREVIEW;
use super::sections::{Config, RouteNode, Tls};
use crate::mail::session::is_this_machine;

/// One mistake, as a whole sentence that ends with the offending text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Complaint(pub String);

/// Everything wrong with `config`, in the order of the file; empty if it can be used.
#[must_use]
pub fn check(config: &Config, allow_unauthenticated: bool) -> Vec<Complaint> {
    let mut wrong = Vec::new();
    listen(config, allow_unauthenticated, &mut wrong);
    names(config, &mut wrong);
    mail(config, &mut wrong);
    let known: BTreeSet<&str> = target_names(config).collect();
    route(&config.routes, "routes", &known, &mut wrong);
    if !config.routes.conditions.is_empty() {
        say(&mut wrong, "routes: the root must match everything, so `match` cannot stand there");
    }
    wrong
}

/// The names a route may use.
fn target_names(config: &Config) -> impl Iterator<Item = &str> {
    let mail = config.mail.iter().flat_map(|mail| mail.to.keys());
    let preview = config.preview.then_some(PREVIEW);
    config.discord.keys().chain(mail).map(String::as_str).chain(preview)
}

fn listen(config: &Config, allow_unauthenticated: bool, wrong: &mut Vec<Complaint>) {
    if config.listen.is_empty() {
        say(wrong, "listen: at least one address is needed");
    }
    let open = config.intake.bearer_token_files.is_empty() && config.intake.basic.is_none();
    for address in config.listen.iter().filter(|_| open && !allow_unauthenticated) {
        let host = address.rsplit_once(':').map_or("", |(host, _)| host);
        if !is_this_machine(host) {
            say(
                wrong,
                format!(
                    "listen: anyone who reaches this address could ring your phone: set intake.bearer_token_files or \
                     intake.basic, or start with --allow-unauthenticated: {address}"
                ),
            );
        }
    }
}

fn names(config: &Config, wrong: &mut Vec<Complaint>) {
    let mut seen = BTreeSet::new();
    for name in target_names(config) {
        if !is_name(name) {
            say(wrong, format!("a target's name may hold letters, digits, `-` and `_`, at most 64: {name}"));
        }
        if !seen.insert(name) {
            say(wrong, format!("two targets have the same name: {name}"));
        }
    }
    for name in config.senders.keys().filter(|name| !is_name(name)) {
        say(wrong, format!("a sender's name may hold letters, digits, `-` and `_`, at most 64: {name}"));
    }
}

/// Whether a text may name a target or a sender: it stands in paths, metrics and pages.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

fn mail(config: &Config, wrong: &mut Vec<Complaint>) {
    let Some(mail) = &config.mail else { return };
    if mail.from.parse::<Mailbox>().is_err() {
        say(wrong, format!("mail.from: not a mail address: {}", mail.from));
    }
    for (name, address) in &mail.to {
        if address.parse::<Address>().is_err() {
            say(wrong, format!("mail.to.{name}: not a mail address: {address}"));
        }
    }
    let server = &mail.server;
    if server.username.is_some() != server.password_file.is_some() {
        say(wrong, "mail.server: username and password_file belong together: only one is set");
    }
    if server.tls == Tls::None && !is_this_machine(&server.host) {
        say(wrong, format!("mail.server: `tls: none` is for a server on this machine only: {}", server.host));
    }
}

fn route(node: &RouteNode, place: &str, known: &BTreeSet<&str>, wrong: &mut Vec<Complaint>) {
    for text in &node.conditions {
        if let Err(error) = Matcher::parse(text) {
            say(wrong, format!("{place}.match: {error}"));
        }
    }
    for target in node.targets.iter().filter(|target| !known.contains(target.as_str())) {
        let list = known.iter().copied().collect::<Vec<_>>().join(", ");
        say(wrong, format!("{place}.targets: no target has this name (there are: {list}): {target}"));
    }
    for (index, child) in node.routes.iter().enumerate() {
        route(child, &format!("{place}.routes[{index}]"), known, wrong);
    }
}

fn say(wrong: &mut Vec<Complaint>, words: impl Into<String>) {
    wrong.push(Complaint(words.into()));
}
