//! The command line: verbs and flags, and what `--help` says. Nothing is done here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use gjallarhorn_service::log;

use crate::catalog;
use crate::registry;

const EXAMPLES: &str = "\
Examples:
  gjallarhorn-exporter                          serve everything this machine has, on port 19134
  gjallarhorn-exporter --role zfs once          print one page and end
  gjallarhorn-exporter check --config FILE      is the file good, and what does this machine offer?
  gjallarhorn-exporter explain zfs              what is seen, from where, how old, who watches it
  gjallarhorn-exporter safe-to-stop pi-2 && ssh pi-2 sudo reboot
  ln -s gjallarhorn-exporter zfs-exporter       a link of this name serves the role alone, on port 9134

Files:
  --config FILE            YAML; every key is optional, an unknown key is refused
  STATE/roles.yaml         roles that were seen on this machine and are expected since
                           (STATE is --state-dir, else systemd's StateDirectory=, else /var/lib/gjallarhorn)

Exit codes: 0 done, 1 something failed, 2 wrong flags or a bad configuration file; safe-to-stop: 0 yes, 1 no, 3 cannot
tell.";

/// One binary, the exporters as roles.
#[derive(Debug, Parser)]
#[command(name = "gjallarhorn-exporter", version, about, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// Flags that every verb takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// Configuration file
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Role to run; may be repeated [default: all this machine has]
    #[arg(long = "role", value_name = "ROLE", global = true, value_delimiter = ',', value_parser = registry::names())]
    pub(crate) roles: Vec<String>,
    /// `HOST:PORT` to serve on, or `:PORT`; may be repeated [default: :19134, a role alone its own]
    #[arg(long = "web.listen-address", value_name = "ADDRESS", global = true)]
    pub(crate) listen: Vec<String>,
    /// Where /proc, /sys and /dev are: a recorded machine, or the host in a container
    #[arg(long, value_name = "FOLDER", default_value = "/", global = true)]
    pub(crate) root: PathBuf,
    /// Where to remember what must survive a restart
    #[arg(long, value_name = "FOLDER", global = true)]
    pub(crate) state_dir: Option<PathBuf>,
    /// error, warn, info, debug or trace [default: info, warn unless serving]
    #[arg(long = "log.level", value_name = "LEVEL", global = true)]
    pub(crate) log_level: Option<log::Level>,
    /// logfmt or json
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt", global = true)]
    pub(crate) log_format: log::Format,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve metrics until told to end; also what happens without a verb
    Serve,
    /// Print one page of metrics and end
    ///
    /// Every source is asked once. With --output the file is replaced whole, as the textfile collector of
    /// node_exporter wants it.
    Once {
        /// Write to this file instead: beside it first, then renamed
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Check the configuration file, and whether this machine offers what is expected of it
    ///
    /// Exit code 0 if all is well, 1 if a role that is expected here finds nothing or may not look, 2 if the
    /// configuration file is bad.
    Check,
    /// Say what each role finds on this machine
    Discover,
    /// List every metric there is
    Families {
        /// How the list is written
        #[arg(long, value_enum, default_value_t)]
        format: catalog::Format,
    },
    /// Say in words what a role sees: from which source, how old, which rules watch it
    Explain {
        /// The role [default: every role that runs here]
        #[arg(value_name = "ROLE", value_parser = registry::names())]
        role: Option<String>,
    },
    /// Say whether a node may be stopped without stopping the cluster
    ///
    /// One sentence with the reason. Exit code 0 for yes, 1 for no, 3 if it cannot be told. Asks the service that runs
    /// here; without one, looks at everything once.
    SafeToStop {
        /// The member: its id, address, host or host name
        #[arg(value_name = "NODE")]
        node: String,
    },
    /// Print the completions of a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}
