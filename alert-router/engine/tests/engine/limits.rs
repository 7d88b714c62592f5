//! Every message keeps every limit and nothing in it is live, whatever a label holds.

use gjallarhorn_engine::{Alert, DiscordMessage, Labels, MailMessage, Outcome, Rendered, Status, Timestamp, Webhook};
use proptest::prelude::*;

use crate::support::*;

/// What an attacker would put into a pod's name.
const HOSTILE: [&str; 26] = [
    "@everyone",
    "@here",
    "<@123>",
    "<@&42>",
    "<#5>",
    "<:x:9>",
    "<a:x:9>",
    "<t:1:R>",
    "</run:1>",
    "[x](https://evil.example)",
    "https://evil.example/",
    "discord.gg/abc",
    "**b**",
    "__u__",
    "~~s~~",
    "||p||",
    "```ansi\n\u{1b}[31m",
    "`",
    "\u{202e}",
    "\u{200b}",
    "\r\nBcc: x@y",
    "<img src=x onerror=alert(1)>",
    "\"><script>",
    ":smile:",
    "# h",
    "✅ ",
];

fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
        2 => "\\PC{0,12}",
        1 => any::<String>(),
        2 => "[a-z]{1,8}[ ,.:(]{0,2}",
        1 => "[a-zü🔴]{0,400}",
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

fn pairs(names: &'static [&'static str]) -> impl Strategy<Value = Labels> {
    let known = prop::collection::btree_map(prop::sample::select(names.to_vec()).prop_map(str::to_owned), text(), 0..8);
    let other = prop::collection::btree_map(text(), text(), 0..6);
    (known, other).prop_map(|(mut known, other)| {
        known.extend(other);
        known
    })
}

fn alerts() -> impl Strategy<Value = Alert> {
    let labels = pairs(&["alertname", "node", "instance", "pod", "pool", "job"]);
    let annotations = pairs(&["summary", "description", "action", "runbook_url", "dashboard_url", "over", "message"]);
    let severity = prop::sample::select(vec!["critical", "warning", "info", "?"]);
    (labels, annotations, severity, text(), text(), any::<[i32; 2]>(), "[a-d]").prop_map(
        |(mut labels, annotations, severity, generator_url, value, [start, _], fingerprint)| {
            labels.insert("severity".to_owned(), severity.to_owned());
            let starts_at = Timestamp::from_secs(i64::from(start));
            Alert { labels, annotations, generator_url, value, fingerprint, starts_at, ..Alert::default() }
        },
    )
}

fn webhooks() -> impl Strategy<Value = Webhook> {
    let group_labels = pairs(&["alertname", "node"]);
    (prop::collection::vec(alerts(), 1..16), group_labels, text(), text(), 0..3u64).prop_map(
        |(alerts, group_labels, external_url, group_key, truncated_alerts)| Webhook {
            alerts,
            group_labels,
            external_url,
            group_key,
            truncated_alerts,
            ..Webhook::default()
        },
    )
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn check_discord(message: &DiscordMessage) {
    assert!(!message.content.trim().is_empty() && units(&message.content) <= 2000);
    let line = message.content.lines().next().unwrap();
    assert!(units(line) <= 110, "{} units: {line}", units(line));
    check_dead(&message.content);
    assert!(message.links.len() <= 5);
    for link in &message.links {
        assert!(units(&link.url) <= 512 && units(&link.label) <= 80 && !link.label.is_empty());
        assert!(link.url.to_lowercase().starts_with("http") && link.url.contains("://"));
    }
    assert!(message.attachment.as_ref().is_none_or(|file| file.text.len() <= 8 << 20));
    let Some(embed) = &message.embed else { return };
    assert!(!embed.title.trim().is_empty() && units(&embed.title) <= 256, "{:?}", embed.title);
    assert!(units(&embed.description) <= 4096 && units(&embed.footer) <= 2048 && embed.fields.len() <= 25);
    let mut total = units(&embed.title) + units(&embed.description) + units(&embed.footer);
    for field in &embed.fields {
        assert!(
            (1..=256).contains(&units(field.name.trim())) && (1..=1024).contains(&units(field.value.trim())),
            "{field:?}"
        );
        total += units(&field.name) + units(&field.value);
        check_dead(&field.name);
        check_dead(&field.value);
    }
    assert!(total <= 6000, "{total}");
    check_dead(&embed.title);
    check_dead(&embed.description);
}

/// Nothing but the router's own markup is live.
fn check_dead(text: &str) {
    for hidden in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{200d}', '\u{feff}', '\u{1b}', '\r', '\0'] {
        assert!(!text.contains(hidden), "{hidden:?} in {text:?}");
    }
    let everywhere = text.replace("<@&42>", "").to_lowercase();
    for ring in ["@everyone", "@here", "<@"] {
        assert!(!everywhere.contains(ring), "{ring} in {text:?}");
    }
    let plain = without_code(&without_times(text)).replace("**Do:**", "");
    let plain = plain.replace("https://discord.com/channels/1/2/", "");
    for live in ["<#", "<:", "<a:", "<t:", "</", "://", "](", "discord.gg/", ":smile:", "~~~~", "||p||", "```"] {
        let found = plain.match_indices(live).find(|(at, _)| !plain[..*at].ends_with('\\'));
        assert!(found.is_none(), "{live} in {text:?}");
    }
    let chars: Vec<char> = plain.chars().collect();
    for (at, char) in chars.iter().enumerate().filter(|(_, char)| ['*', '`'].contains(char)) {
        let slashes = chars[..at].iter().rev().take_while(|char| **char == '\\').count();
        assert!(slashes % 2 == 1, "a live {char} in {text:?}");
    }
}

/// Without the router's time stamps.
fn without_times(text: &str) -> String {
    let mut parts = text.split("<t:");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches('-').trim_start_matches(|char: char| char.is_ascii_digit());
        match rest.strip_prefix(":R>").or_else(|| rest.strip_prefix(":t>")) {
            Some(rest) => kept.push_str(rest),
            None => kept.push_str(&format!("<t:{part}")),
        }
    }
    kept
}

/// Without code spans: pairs of backticks that no backslash disarms.
fn without_code(text: &str) -> String {
    let (mut kept, mut code, mut slashes) = (String::new(), String::new(), 0);
    let mut inside = false;
    for char in text.chars() {
        if char == '`' && (inside || slashes % 2 == 0) {
            inside = !inside;
            code.clear();
        } else if inside {
            code.push(char);
        } else {
            kept.push(char);
        }
        slashes = if char == '\\' && !inside { slashes + 1 } else { 0 };
    }
    if inside { kept + "`" + &code } else { kept }
}

fn check_mail(mail: &MailMessage) {
    assert!(
        units(&mail.subject) <= 78 && !mail.subject.trim().is_empty() && !mail.subject.chars().any(char::is_control)
    );
    assert!(!mail.text.chars().any(|char| char.is_control() && char != '\n'));
    assert!(mail.message_id_seed.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !mail.message_id_seed.is_empty());
    let known = [
        "!doctype", "html", "head", "meta", "title", "style", "body", "div", "main", "h1", "p", "strong", "ul", "li",
        "table", "tr", "td", "a", "code", "footer",
    ];
    for tag in mail.html.split('<').skip(1) {
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|char| !char.is_whitespace() && *char != '>').collect();
        assert!(known.contains(&name.as_str()), "<{name} in {}", mail.html);
    }
    for href in mail.html.split("href=\"").skip(1) {
        assert!(href.to_lowercase().starts_with("http://") || href.to_lowercase().starts_with("https://"), "{href}");
    }
    for lazy in ["onerror=alert(1)>", "<script", "\u{202e}", "\u{200b}"] {
        assert!(!mail.html.contains(lazy), "{lazy}");
    }
}

fn check(world: &World, send: &gjallarhorn_engine::Send) {
    match world.engine.render(send) {
        Rendered::Discord(message) => check_discord(&message),
        Rendered::Mail(mail) => check_mail(&mail),
        Rendered::Preview { discord, mail } => {
            check_discord(&discord);
            check_mail(&mail);
        }
    }
}

/// Tells everything there is to tell, checking each message; the first ones are refused, as `refusals` says.
fn tell_checked(world: &mut World, refusals: u8) {
    let mut refusals = refusals;
    for target in [discord(), mail()] {
        for _ in 0..60 {
            if let gjallarhorn_engine::Next::WaitUntil(at) = world.engine.next(&target, world.now) {
                world.now = world.now.max(at);
            }
            let Some(send) = world.start(&target) else { break };
            check(world, &send);
            if refusals > 0 {
                refusals -= 1;
                world.answer(&send, Outcome::Refused { reason: "Discord 400 @everyone".to_owned() });
            } else {
                world.deliver(&send);
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn every_limit_is_kept_and_nothing_is_live(
        hooks in prop::collection::vec((webhooks(), any::<bool>()), 1..6),
        refusals in 0..4u8,
        storm in 1..4usize,
    ) {
        let mut world = World::new(gjallarhorn_engine::Policy { storm, ..policy() });
        for (mut hook, ends) in hooks {
            world.receive(hook.clone()).wait(7);
            tell_checked(&mut world, refusals);
            for alert in hook.alerts.iter_mut().filter(|_| ends) {
                alert.status = Status::Resolved;
            }
            hook.truncated_alerts = 0;
            world.receive(hook).wait(700);
        }
        tell_checked(&mut world, 0);
    }
}

#[test]
fn a_group_too_large_for_a_card_is_attached_whole() {
    let mut world = World::new(policy());
    let alerts: Vec<Alert> = (0..500).map(|n| critical(&format!("p{n}"))).collect();
    world.receive(hook("a", &alerts));
    let send = world.tell(&discord());
    let message = world.discord(&send);
    check_discord(&message);
    let file = message.attachment.unwrap().text;
    assert!((0..500).all(|n| file.contains(&format!("odin: pool p{n} DEGRADED"))));
    let description = message.embed.unwrap().description;
    let listed = description.lines().filter(|line| line.starts_with("🔴")).count();
    assert!(description.contains(&format!("… and {} more, all in the file", 500 - listed)), "{listed}: {description}");
    let send = world.tell(&mail());
    let mail = world.mail(&send);
    assert!(
        (0..500).all(|n| mail.text.contains(&format!("pool p{n} DEGRADED"))
            && mail.html.contains(&format!("pool p{n} DEGRADED")))
    );
}

#[test]
fn a_refused_card_is_told_as_a_bare_line_before_it_is_given_up() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank"), critical("backup")]));
    let send = world.start(&discord()).unwrap();
    world.answer(&send, Outcome::Refused { reason: "Discord 400 (50035)".to_owned() });
    let plain = world.start(&discord()).unwrap();
    let message = world.discord(&plain);
    assert!(plain.plain && message.embed.is_none() && message.links.is_empty());
    assert!(message.content.contains("pool tank") && message.content.contains("pool backup"), "{}", message.content);
    world.answer(&plain, Outcome::Refused { reason: "Discord 400 (50035)".to_owned() });
    assert_eq!(world.decided(gjallarhorn_engine::What::DeadLetter), 1);
    assert_eq!(world.start(&discord()), None);
}
