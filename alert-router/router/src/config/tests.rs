#![expect(clippy::disallowed_methods, reason = "tests read their own small files")]

use std::path::Path;

use gjallarhorn_service::config::{load, parse};

use super::*;

/// Everything wrong with a file, as `serve` would print it.
fn complaints(path: &Path) -> String {
    match load::<Config>(path) {
        Err(error) => error.to_string(),
        Ok(config) => check(&config, false).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

fn room() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn an_empty_file_is_a_router_that_shows_everything_here() {
    let config: Config = parse("empty", "").expect("an empty file is good");
    assert_eq!(config, Config::default());
    assert_eq!(check(&config, false), []);
    assert_eq!(policy(&config, gjallarhorn_engine::Zone::default()).expect("a policy").targets.len(), 1);
}

#[test]
fn the_example_sets_everything_and_is_good() {
    let config: Config = load(&room().join("router.example.yaml")).expect("reads");
    assert_eq!(check(&config, false), []);
    assert!(!config.discord.is_empty() && config.mail.is_some() && config.heartbeat.is_some());
}

/// What the example shows commented out as a default must be the default.
#[test]
fn the_defaults_of_the_example_are_the_defaults() {
    let text = std::fs::read_to_string(room().join("router.example.yaml")).expect("reads");
    let (_, defaults) = text.split_once("# The defaults:\n").expect("the example lists the defaults");
    let yaml: String =
        defaults.lines().map(|line| line.strip_prefix("# ").unwrap_or_default().to_owned() + "\n").collect();
    let config: Config = parse("defaults", &yaml).expect("reads");
    assert_eq!(config, Config::default());
    for key in ["listen", "state_dir", "max_body", "reminder", "settle", "storm", "raw", "size", "preview"] {
        assert!(yaml.contains(&format!("{key}:")), "{key} is not shown");
    }
}

/// Each bad file of the folder says in its first lines (`#> …`) exactly what it is told.
#[test]
fn every_bad_file_gets_its_exact_words() {
    let folder = room().join("tests/bad-configs");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(files.len() >= 14, "{} files", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("reads");
        let wanted: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("#> ")).collect();
        let name = path.file_name().expect("a name").to_string_lossy();
        let told = complaints(&path).replace(&path.display().to_string(), &name);
        if told != wanted.join("\n") {
            wrong.push(format!("{name}:\n{told}\n"));
        }
    }
    assert!(wrong.is_empty(), "other words than the file says:\n{}", wrong.join("\n"));
}
