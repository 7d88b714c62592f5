//! The file, key by key. Every default stands here; `router.example.yaml` is compared with them by a test.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gjallarhorn_service::config::{Size, Span};
use gjallarhorn_service::secret::SecretFile;
use serde::Deserialize;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The whole file. Empty, it gives a router on the loopback address that shows everything on its preview page.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Addresses to listen on.
    pub listen: Vec<String>,
    /// Where the journal stands. Keep it on another disk than the pool that is watched.
    pub state_dir: PathBuf,
    /// Who may hand in alerts.
    pub intake: Intake,
    /// Senders by name (`/v1/alertmanager/NAME`) from which word is expected.
    pub senders: BTreeMap<String, Sender>,
    /// Discord targets by name.
    pub discord: BTreeMap<String, Discord>,
    /// The mail server and the recipients.
    pub mail: Option<Mail>,
    /// Whether the router's own page shows what was told.
    pub preview: bool,
    /// Which alerts go to which targets; without it, all go to all.
    pub routes: RouteNode,
    /// When things are told.
    pub timing: Timing,
    /// How much is remembered.
    pub keep: Keep,
    /// A ping to someone outside the house while all is well.
    pub heartbeat: Option<Heartbeat>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: vec!["127.0.0.1:19193".into()],
            state_dir: "/var/lib/gjallarhorn-router".into(),
            intake: Intake::default(),
            senders: BTreeMap::new(),
            discord: BTreeMap::new(),
            mail: None,
            preview: true,
            routes: RouteNode::default(),
            timing: Timing::default(),
            keep: Keep::default(),
            heartbeat: None,
        }
    }
}

/// Who may hand in alerts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Intake {
    /// Files with a bearer token each; several, so that one can be rotated.
    pub bearer_token_files: Vec<SecretFile>,
    /// A user and a password.
    pub basic: Option<Basic>,
    /// The largest webhook that is read.
    pub max_body: Size<1024, { 64 << 20 }>,
}

impl Default for Intake {
    fn default() -> Self {
        Intake { bearer_token_files: Vec::new(), basic: None, max_body: Size::bytes(16 << 20) }
    }
}

/// HTTP basic authentication.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// The user's name.
    pub username: String,
    /// A file with the password.
    pub password_file: SecretFile,
}

/// What is expected of one sender.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sender {
    /// Tell a person when nothing was heard for so long. Set it above the sender's repeat interval, or send a
    /// Watchdog alert more often.
    pub silent_after: Option<Span<60, { 7 * DAY }>>,
}

/// One Discord webhook.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discord {
    /// A file with the webhook's address. The address is a password.
    pub webhook_url_file: SecretFile,
    /// Whom a new message mentions, by severity.
    #[serde(default)]
    pub mentions: Mentions,
    /// A thread or forum post to write into.
    #[serde(default)]
    pub thread_id: Option<u64>,
    /// Allow `http://` to this machine, for tests against a stand-in.
    #[serde(default)]
    pub allow_http_loopback: bool,
    /// A further root certificate (PEM), for a stand-in with TLS.
    #[serde(default)]
    pub extra_root_file: Option<PathBuf>,
}

/// Whom to mention.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mentions {
    /// For critical alerts.
    pub critical: Mention,
    /// For warnings.
    pub warning: Mention,
}

/// Discord ids that may ring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mention {
    /// Role ids.
    pub roles: Vec<u64>,
    /// User ids.
    pub users: Vec<u64>,
}

/// The mail server and the recipients.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Where mail is handed over.
    pub server: MailServer,
    /// The sender's address, with a name if you like.
    pub from: String,
    /// Recipients: a name for routes and metrics, and the address.
    pub to: BTreeMap<String, String>,
}

/// Where mail is handed over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailServer {
    /// The server's name, which its certificate must carry.
    pub host: String,
    /// Its port; 587 for STARTTLS, 465 for TLS from the start, 25 without.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the way is kept private.
    #[serde(default)]
    pub tls: Tls,
    /// The account.
    #[serde(default)]
    pub username: Option<String>,
    /// A file with its password.
    #[serde(default)]
    pub password_file: Option<SecretFile>,
    /// A further root certificate (PEM).
    #[serde(default)]
    pub extra_root_file: Option<PathBuf>,
    /// What we call ourselves in EHLO.
    #[serde(default = "hello")]
    pub hello: String,
    /// From connect to the server's last word.
    #[serde(default = "mail_deadline")]
    pub deadline: Span<5, 300>,
}

fn hello() -> String {
    "localhost".into()
}

fn mail_deadline() -> Span<5, 300> {
    Span::seconds(60)
}

/// How the way to the mail server is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// STARTTLS, and no mail without it.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None; only to this machine.
    None,
}

impl MailServer {
    /// The port, by the kind of connection if none is written.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Tls => 465,
            Tls::None => 25,
        })
    }
}

/// A node of the route tree; as in Alertmanager, the first child that matches takes the alert.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RouteNode {
    /// Conditions, all of which must hold: `severity="critical"`, `node=~"pi-.*"`.
    #[serde(rename = "match")]
    pub conditions: Vec<String>,
    /// Whom to tell; empty takes the parent's, and at the root everyone.
    pub targets: Vec<String>,
    /// Ask later siblings, too.
    #[serde(rename = "continue")]
    pub go_on: bool,
    /// How often an open alert is told again.
    pub reminder: Option<Span<300, { 7 * DAY }>>,
    /// Children, in order.
    pub routes: Vec<RouteNode>,
}

/// When things are told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// After how long a sender's repeat becomes a reminder.
    pub reminder: Span<300, { 7 * DAY }>,
    /// After how long a first telling is called late.
    pub late_after: Span<10, HOUR>,
    /// How long a new target gathers what was already wrong into one message.
    pub settle: Span<0, HOUR>,
    /// How long infos are gathered into one message.
    pub info_every: Span<60, DAY>,
    /// With more new groups waiting than this, they are told in one message.
    pub storm: usize,
    /// When a message that cannot be delivered is given up.
    pub give_up_after: Span<HOUR, { 14 * DAY }>,
    /// After how long without a word a group is put away.
    pub forget_after: Span<HOUR, { 60 * DAY }>,
    /// How long a sender's Watchdog alert may be missing. Without it no Watchdog is expected.
    pub watchdog_after: Option<Span<60, DAY>>,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            reminder: Span::seconds(4 * HOUR),
            late_after: Span::seconds(2 * MINUTE),
            settle: Span::seconds(90),
            info_every: Span::seconds(HOUR),
            storm: 10,
            give_up_after: Span::seconds(DAY),
            forget_after: Span::seconds(5 * DAY),
            watchdog_after: None,
        }
    }
}

/// How much is remembered.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// What happened to each alert.
    pub ledger: Span<DAY, { 3650 * DAY }>,
    /// The webhooks themselves.
    pub raw: Span<HOUR, { 365 * DAY }>,
    /// The most the journal may hold; beyond it the oldest goes early.
    pub size: Size<{ 8 << 20 }, { 64 << 30 }>,
}

impl Default for Keep {
    fn default() -> Self {
        Keep { ledger: Span::seconds(90 * DAY), raw: Span::seconds(14 * DAY), size: Size::bytes(512 << 20) }
    }
}

/// A ping to someone outside the house while all is well.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    /// A file with the address (such addresses hold a key).
    pub url_file: SecretFile,
    /// How often.
    #[serde(default = "heartbeat_every")]
    pub every: Span<30, DAY>,
}

fn heartbeat_every() -> Span<30, DAY> {
    Span::seconds(60)
}
