//! The crates of the workspace and the arrows between them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand};

/// One crate of the resolved graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence as an SPDX expression; empty when it names none.
    pub licence: String,
    /// Whether it is a member of this workspace.
    pub ours: bool,
    /// Crates it is built with.
    pub uses: BTreeSet<String>,
    /// Crates only its tests use.
    pub tests_use: BTreeSet<String>,
}

/// The resolved graph for Linux.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Every crate in it.
    pub packages: Vec<Package>,
}

/// Which of our crates may use which. The picture in `ARCHITECTURE.md`; `rig` is for tests only, so nobody is built with it
/// but the suite.
const ARROWS: &[(&str, &[&str])] = &[
    ("gjallarhorn-metrics", &[]),
    ("gjallarhorn-engine", &[]),
    ("gjallarhorn-client", &[]),
    ("gjallarhorn-service", &["gjallarhorn-metrics"]),
    ("gjallarhorn-zfs", &["gjallarhorn-service"]),
    ("gjallarhorn-role-zfs", &["gjallarhorn-metrics", "gjallarhorn-service", "gjallarhorn-zfs"]),
    ("gjallarhorn-role-pi", &["gjallarhorn-metrics", "gjallarhorn-service"]),
    ("gjallarhorn-role-quorum", &["gjallarhorn-metrics", "gjallarhorn-service", "gjallarhorn-client"]),
    ("gjallarhorn-role-node", &["gjallarhorn-metrics", "gjallarhorn-service"]),
    (
        "gjallarhorn-exporter",
        &[
            "gjallarhorn-role-node",
            "gjallarhorn-role-pi",
            "gjallarhorn-role-quorum",
            "gjallarhorn-role-zfs",
            "gjallarhorn-service",
            "gjallarhorn-metrics",
        ],
    ),
    ("gjallarhorn-router", &["gjallarhorn-engine", "gjallarhorn-service", "gjallarhorn-metrics", "gjallarhorn-client"]),
    ("gjallarhorn-rig", &[]),
    ("gjallarhorn-rig-firmware", &[]),
];
const RIG: &str = "gjallarhorn-rig";
/// Uses everything.
const SUITE: &str = "gjallarhorn-suite";
/// Measures everything, ships nothing.
const BENCHES: &str = "gjallarhorn-benches";
/// Feeds every parser, ships nothing.
const FUZZ: &str = "gjallarhorn-fuzz";

/// Crates of which two versions are in the graph, and why that cannot be mended here.
const TWICE: &[(&str, &str)] = &[
    ("base64", "0.22 of serenity 0.12, whose last release this is"),
    ("block-buffer", "sha2 0.10 of ed25519-dalek 2, of serenity's interactions_endpoint"),
    ("cpufeatures", "sha2 0.10 of ed25519-dalek 2"),
    ("crypto-common", "sha2 0.10 of ed25519-dalek 2"),
    ("digest", "sha2 0.10 of ed25519-dalek 2"),
    ("sha2", "0.10 of ed25519-dalek 2"),
    ("getrandom", "0.2 of ring 0.17, 0.4 of tempfile"),
    ("syn", "2 of macros that have not moved to 3 yet"),
    ("unicode-width", "0.1 of the PromQL parser, in tests only"),
];

impl Graph {
    /// The graph of this checkout, from cargo.
    ///
    /// # Errors
    /// When cargo cannot resolve it.
    pub fn of_checkout() -> Result<Self> {
        let mut command = MetadataCommand::new();
        command.manifest_path(gjallarhorn_rig::place::checkout().join("Cargo.toml")).features(CargoOpt::AllFeatures);
        command.other_options(["--filter-platform".to_owned(), "x86_64-unknown-linux-gnu".to_owned()]);
        let metadata = command.exec().context("ask cargo for the graph")?;
        let names: BTreeMap<_, _> = metadata.packages.iter().map(|one| (&one.id, one.name.to_string())).collect();
        let resolve = metadata.resolve.as_ref().context("cargo resolved nothing")?;
        let built = built()?;
        let mut packages = Vec::new();
        for node in &resolve.nodes {
            let package = &metadata[&node.id];
            if !built.contains(&format!("{} v{}", package.name, package.version)) {
                continue;
            }
            let of_kind = |wanted: fn(DependencyKind) -> bool| {
                let arrows = node.deps.iter().filter(|arrow| arrow.dep_kinds.iter().any(|kind| wanted(kind.kind)));
                arrows.filter_map(|arrow| names.get(&arrow.pkg).cloned()).collect()
            };
            packages.push(Package {
                name: package.name.to_string(),
                version: package.version.to_string(),
                licence: package.license.clone().unwrap_or_default(),
                ours: metadata.workspace_members.contains(&node.id),
                uses: of_kind(|kind| kind != DependencyKind::Development),
                tests_use: of_kind(|kind| kind == DependencyKind::Development),
            });
        }
        Ok(Self { packages })
    }

    /// Arrows the picture does not have, and crates it does not show.
    #[must_use]
    pub fn strange_arrows(&self) -> Vec<String> {
        let ours: BTreeSet<&str> = self.ours().map(|one| one.name.as_str()).collect();
        let mut findings = Vec::new();
        for package in self.ours().filter(|one| ![SUITE, BENCHES, FUZZ].contains(&one.name.as_str())) {
            let name = &package.name;
            let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| from == name) else {
                findings.push(format!("{name} is not in the picture of the crates"));
                continue;
            };
            let strange = |to: &&String| ours.contains(to.as_str()) && !allowed.contains(&to.as_str());
            findings.extend(package.uses.iter().filter(strange).map(|to| format!("{name} must not use {to}")));
            let strange = package.tests_use.iter().filter(strange).filter(|to| *to != RIG);
            findings.extend(strange.map(|to| format!("the tests of {name} must not use {to}")));
        }
        findings
    }

    /// Crates in more than one version without a reason, and reasons that are no longer needed.
    #[must_use]
    pub fn needless_twins(&self) -> Vec<String> {
        let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for package in &self.packages {
            versions.entry(&package.name).or_default().insert(&package.version);
        }
        let twins = versions.iter().filter(|(_, versions)| versions.len() > 1);
        let unexplained = twins.filter(|(name, _)| !TWICE.iter().any(|(known, _)| known == *name));
        let mut findings: Vec<String> =
            unexplained.map(|(name, versions)| format!("{name} is here in versions {versions:?}")).collect();
        let stale = TWICE.iter().filter(|(name, _)| versions.get(name).is_none_or(|versions| versions.len() < 2));
        findings.extend(stale.map(|(name, _)| format!("{name} needs no exception any more")));
        findings
    }

    fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.ours)
    }
}

/// `name vVERSION` of everything that is really built: `cargo metadata` also names crates behind features nobody turns on.
fn built() -> Result<BTreeSet<String>> {
    let mut command = Command::new("cargo");
    command.args(["tree", "--workspace", "--all-features", "--prefix", "none", "--format", "{p}"]);
    let output = command.current_dir(gjallarhorn_rig::place::checkout()).output().context("ask cargo for the tree")?;
    ensure!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(lines.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(name: &str, uses: &[&str], tests_use: &[&str]) -> Package {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Package { name: name.into(), ours: true, uses: set(uses), tests_use: set(tests_use), ..Package::default() }
    }

    fn graph(packages: Vec<Package>) -> Graph {
        Graph { packages }
    }

    #[test]
    fn a_new_arrow_is_found() {
        let packages = vec![
            ours("gjallarhorn-metrics", &[], &[]),
            ours("gjallarhorn-engine", &["gjallarhorn-metrics", "serde"], &[]),
        ];
        assert_eq!(graph(packages).strange_arrows(), ["gjallarhorn-engine must not use gjallarhorn-metrics"]);
    }

    #[test]
    fn the_rig_is_for_tests_only() {
        let rig = ours(RIG, &[], &[]);
        assert!(graph(vec![rig.clone(), ours("gjallarhorn-client", &[], &[RIG])]).strange_arrows().is_empty());
        assert_eq!(graph(vec![rig, ours("gjallarhorn-client", &[RIG], &[])]).strange_arrows().len(), 1);
    }

    #[test]
    fn a_crate_outside_the_picture_is_found() {
        assert_eq!(graph(vec![ours("gjallarhorn-extra", &[], &[])]).strange_arrows().len(), 1);
    }

    #[test]
    fn a_twin_without_a_reason_is_found_and_so_is_a_reason_without_a_twin() {
        let version = |version: &str| Package { name: "serde".into(), version: version.into(), ..Package::default() };
        let findings = graph(vec![version("1.0.0"), version("2.0.0")]).needless_twins();
        assert!(findings.iter().any(|one| one.contains("serde is here in versions")), "{findings:?}");
        assert!(findings.iter().any(|one| one.contains("base64 needs no exception")), "{findings:?}");
    }
}
