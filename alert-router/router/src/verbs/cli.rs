//! Verbs and flags, and what `--help` says. Nothing is done here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use gjallarhorn_service::log;

const EXAMPLES: &str = "\
Examples:
  gjallarhorn-router --config FILE                    take alerts on 127.0.0.1:19193 and tell the targets
  gjallarhorn-router check --config FILE              is the file good, does Discord know the webhook, does the mail
                                                      server let us in?
  gjallarhorn-router send-test --config FILE          one message of each severity to every target: did it ring?
  gjallarhorn-router explain ZfsPoolDegraded          what was received, decided and told, from the journal
  gjallarhorn-router explain                          what went wrong lately
  gjallarhorn-router render alert.json --target line  what a phone would show of a webhook

Files:
  --config FILE          YAML; every key is optional, an unknown key is refused
  STATE/journal.db       webhooks, decisions and attempts (STATE is --state-dir, else the file's state_dir)

Exit codes: 0 done, 1 something failed, 2 wrong flags or a bad configuration file.";

/// Carries alerts to Discord and mail without losing one.
#[derive(Debug, Parser)]
#[command(name = "gjallarhorn-router", version, about, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Flags of every verb.
    #[command(flatten)]
    pub options: Options,
}

/// Flags that every verb takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Options {
    /// Configuration file
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Address to listen on instead of the file's; may be repeated
    #[arg(long = "web.listen-address", value_name = "ADDRESS", global = true)]
    pub listen: Vec<String>,
    /// Where the journal stands, instead of the file's state_dir
    #[arg(long, value_name = "FOLDER", global = true)]
    pub state_dir: Option<PathBuf>,
    /// Take alerts from anyone who reaches an address beyond this machine
    #[arg(long, global = true)]
    pub allow_unauthenticated: bool,
    /// Least important events to log: error, warn, info, debug or trace [default: info, warn unless serving]
    #[arg(long = "log.level", value_name = "LEVEL", global = true)]
    pub log_level: Option<log::Level>,
    /// Form of a log line: logfmt or json
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt", global = true)]
    pub log_format: log::Format,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Take alerts and tell the targets until told to end; also what happens without a verb
    Serve,
    /// Check the configuration, every secret, each Discord webhook and the mail server
    ///
    /// Nothing is sent. Exit code 0 if all is well, 1 if a target does not answer or does not let us in, 2 if the file
    /// is bad.
    Check {
        /// Look at the file and the secrets only
        #[arg(long)]
        offline: bool,
    },
    /// Say in words what happened to an alert: received, decided, and each attempt with its answer
    ///
    /// Reads the journal, beside a running router or without one.
    Explain {
        /// Fingerprint, alertname, or the delivery id of a footer [default: what went wrong lately]
        what: Option<String>,
    },
    /// Print what a target would show of a webhook
    Render {
        /// A webhook's body in a file, `-` for standard input
        fixture: PathBuf,
        /// What to print
        #[arg(long, value_enum, default_value_t)]
        target: Medium,
        /// The sender's name
        #[arg(long, default_value = "alertmanager")]
        source: String,
    },
    /// Send one message of each severity, marked as a test, and ask whether it rang
    SendTest {
        /// The targets [default: all]
        #[arg(value_name = "TARGET")]
        targets: Vec<String>,
    },
}

/// What `render` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Medium {
    /// The line of the lock screen
    #[default]
    Line,
    /// The JSON that Discord would get
    Discord,
    /// The mail's subject and plain text
    Mail,
    /// The mail's HTML
    Html,
}
