//! The one list of roles. Adding a role is one line in [`roles!`] below.
//!
//! A role's crate gives a module `exporter` with what the line needs: `ABOUT`, `PORT`, `TABLE`, `RULES`, `Config`,
//! `look`, `build` and `child`. The key is the role's name on the command line, in the configuration file and in the
//! label `role`.

use std::path::Path;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use gjallarhorn_metrics::Definition;
use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::Role;
use gjallarhorn_service::{Failure, families};
use serde::Deserialize;

use crate::catalog::Chapter;
use crate::place::Place;

/// From one line per role: its section of the configuration file, and its row of [`ROLES`].
macro_rules! roles {
    ($($(#[$when:meta])? $name:ident = $($part:ident)::+;)+) => {
        /// The configuration file: one section per role, each with its defaults.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct Settings {
            $($(#[$when])? pub(crate) $name: $($part)::+::Config,)+
        }

        /// Every role, in the order of the page.
        pub(crate) const ROLES: &[Kind] = &[$($(#[$when])? Kind {
            name: stringify!($name),
            about: $($part)::+::ABOUT,
            port: $($part)::+::PORT,
            table: $($part)::+::TABLE,
            look: $($part)::+::look,
            build: |settings, place, health| $($part)::+::build(&settings.$name, &place.root, &place.state, health),
            same: |one, other| one.$name == other.$name,
            child: $($part)::+::child,
        }),+];
    };
}

roles! {
    zfs = gjallarhorn_role_zfs::exporter;
    node = gjallarhorn_role_node::exporter;
    pi = gjallarhorn_role_pi::exporter;
    #[cfg(feature = "quorum")]
    quorum = gjallarhorn_role_quorum::exporter;
}

/// Makes a role from its section of the configuration and its place; its sources will report to the health registry.
type Build = fn(&Settings, &Place, &Health) -> Result<Arc<dyn Role>, Failure>;

/// What the program must know of a role before it runs.
pub(crate) struct Kind {
    /// The role's name.
    pub(crate) name: &'static str,
    /// What it watches, one sentence.
    pub(crate) about: &'static str,
    /// Port of the role when it is served alone.
    pub(crate) port: u16,
    /// Its families.
    pub(crate) table: &'static [&'static Definition],
    /// What the machine below a root offers to the role, in words; `absent` if nothing. Blocks.
    pub(crate) look: fn(&Path) -> Result<String, Failure>,
    /// The role, ready to run; starts its child processes. Blocks.
    pub(crate) build: Build,
    /// Whether two configuration files say the same to the role.
    pub(crate) same: fn(&Settings, &Settings) -> bool,
    /// The life of the role's child process, given the arguments after the hidden verb `NAME-child`.
    pub(crate) child: fn(&[String]) -> Result<(), Failure>,
}

/// The names, for the command line.
pub(crate) fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(ROLES.iter().map(|kind| kind.name))
}

/// The role of a name.
pub(crate) fn by_name(name: &str) -> Option<&'static Kind> {
    ROLES.iter().find(|kind| kind.name == name)
}

/// The role that a program file of this name serves: `zfs-exporter`, wherever it stands.
pub(crate) fn by_program(program: &str) -> Option<&'static Kind> {
    let file = Path::new(program).file_name()?.to_str()?;
    by_name(file.strip_suffix("-exporter")?)
}

/// Every family of the program: the roles', then the self-health that all share.
pub(crate) fn chapters() -> Vec<Chapter> {
    let shared = Chapter {
        name: "gjallarhorn",
        about: "How well the program itself sees. The same for every role.",
        table: families::TABLE,
    };
    let roles = ROLES.iter().map(|kind| Chapter { name: kind.name, about: kind.about, table: kind.table });
    roles.chain([shared]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_selects_a_role_by_its_name() {
        for (program, role) in [
            ("zfs-exporter", Some("zfs")),
            ("/usr/bin/zfs-exporter", Some("zfs")),
            ("gjallarhorn-exporter", None),
            ("zfs", None),
            ("", None),
        ] {
            assert_eq!(by_program(program).map(|kind| kind.name), role, "{program}");
        }
    }

    /// The whole page is linted, so that a name cannot stand in the tables of two roles.
    #[test]
    fn the_tables_of_all_roles_are_good_together() {
        let tables: Vec<_> = chapters().iter().map(|chapter| chapter.table).collect();
        let findings = gjallarhorn_metrics::lint::tables(&tables);
        assert!(findings.is_empty(), "{}", findings.iter().map(|finding| format!("{finding}\n")).collect::<String>());
    }
}
