//! From the file to what the engine decides by.

use gjallarhorn_engine::{
    Bounds, Matcher, MatcherError, Medium, Mentions, Policy, Route, Severity, Target, TargetName, Zone,
};

use super::sections::{Config, Mention, RouteNode};

/// The name of the preview target.
pub const PREVIEW: &str = "preview";

/// The engine's policy; `zone` is the reader's, looked up by the caller.
///
/// # Errors
/// A condition that cannot be read.
pub fn policy(config: &Config, zone: Zone) -> Result<Policy, MatcherError> {
    let timing = &config.timing;
    Ok(Policy {
        targets: targets(config),
        routes: root(config)?,
        reminder: timing.reminder.get(),
        late_after: timing.late_after.get(),
        settle: timing.settle.get(),
        info_every: timing.info_every.get(),
        storm: timing.storm,
        give_up_after: timing.give_up_after.get(),
        forget_after: timing.forget_after.get(),
        watchdog_after: timing.watchdog_after.map(|span| span.get()),
        zone,
        bounds: Bounds::default(),
    })
}

fn targets(config: &Config) -> std::collections::BTreeMap<TargetName, Target> {
    let mut targets = std::collections::BTreeMap::new();
    for (name, discord) in &config.discord {
        let mentions =
            [(Severity::Critical, &discord.mentions.critical), (Severity::Warning, &discord.mentions.warning)];
        let mentions = mentions.into_iter().map(|(severity, mention)| (severity, ids(mention))).collect();
        targets.insert(TargetName(name.clone()), Target { medium: Medium::Discord, mentions });
    }
    for name in config.mail.iter().flat_map(|mail| mail.to.keys()) {
        targets.insert(TargetName(name.clone()), Target { medium: Medium::Mail, ..Target::default() });
    }
    if config.preview {
        targets.insert(TargetName(PREVIEW.into()), Target { medium: Medium::Preview, ..Target::default() });
    }
    targets
}

fn ids(mention: &Mention) -> Mentions {
    Mentions { roles: mention.roles.clone(), users: mention.users.clone() }
}

/// The user's tree below a root that sends everything to the preview first, whatever the tree says.
fn root(config: &Config) -> Result<Route, MatcherError> {
    let user = node(&config.routes)?;
    if !config.preview {
        return Ok(user);
    }
    let mut user = user;
    if user.targets.is_empty() {
        user.targets = targets(config).into_keys().filter(|name| name.0 != PREVIEW).collect();
    }
    let preview = Route { targets: vec![TargetName(PREVIEW.into())], go_on: true, ..Route::default() };
    Ok(Route { routes: vec![preview, user], ..Route::default() })
}

fn node(written: &RouteNode) -> Result<Route, MatcherError> {
    Ok(Route {
        matchers: written.conditions.iter().map(|text| Matcher::parse(text)).collect::<Result<_, _>>()?,
        targets: written.targets.iter().cloned().map(TargetName).collect(),
        go_on: written.go_on,
        reminder: written.reminder.map(|span| span.get()),
        routes: written.routes.iter().map(node).collect::<Result<_, _>>()?,
    })
}
