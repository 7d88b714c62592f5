use serde::Deserialize;

use super::*;
use crate::config::{Size, Span};
use crate::failure::chain;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct Config {
    listen: Vec<String>,
    zfs: Zfs,
    level: Level,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct Zfs {
    interval: Span<1, 3600>,
    stale_after: Span<1, 86_400>,
    answer: Size<1024, 1_048_576>,
    pools: Vec<Pool>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Pool {
    name: String,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Level {
    #[default]
    Info,
    Debug,
}

impl Default for Config {
    fn default() -> Config {
        Config { listen: vec![":9134".into()], zfs: Zfs::default(), level: Level::Info }
    }
}

impl Default for Zfs {
    fn default() -> Zfs {
        Zfs {
            interval: Span::seconds(60),
            stale_after: Span::seconds(300),
            answer: Size::bytes(65_536),
            pools: Vec::new(),
        }
    }
}

fn refused(text: &str) -> String {
    parse::<Config>("c.yaml", text).unwrap_err().to_string()
}

#[test]
fn a_file_that_says_nothing_gives_the_defaults() {
    for text in ["", "\n", "---\n", "# nothing\n\n   # yet\n", "{}", "zfs: {}\n"] {
        assert_eq!(parse::<Config>("c.yaml", text).unwrap(), Config::default(), "{text:?}");
    }
}

#[test]
fn a_file_that_says_everything_is_taken() {
    let text = "listen: ['[::1]:9134']\nlevel: debug\n\
                zfs:\n  interval: 90s\n  stale_after: 1h30m\n  answer: 64KiB\n  pools:\n  - name: tank\n";
    let config: Config = parse("c.yaml", text).unwrap();
    assert_eq!((config.zfs.interval.get().as_secs(), config.zfs.stale_after.get().as_secs()), (90, 5400));
    assert_eq!(config.zfs.answer.get(), 65_536);
    assert_eq!((config.level, config.zfs.pools.len()), (Level::Debug, 1));
}

#[test]
fn every_mistake_has_its_exact_sentence() {
    let cases = [
        ("lisen: []\n", "c.yaml:1: unknown key `lisen`; did you mean `listen`? (known here: `listen`, `zfs`, `level`)"),
        (
            "listen: []\nzfs:\n  intreval: 5s\n",
            "c.yaml:3: unknown key `intreval` in `zfs`; did you mean `interval`? \
          (known here: `interval`, `stale_after`, `answer`, `pools`)",
        ),
        (
            "zfs:\n  pools:\n  - name: a\n  - nome: b\n",
            "c.yaml:4: unknown key `nome` in `zfs.pools[1]`; did you mean `name`? (known here: `name`)",
        ),
        ("zzz: 1\n", "c.yaml:1: unknown key `zzz` (known here: `listen`, `zfs`, `level`)"),
        ("zfs:\n  pools:\n  - {}\n", "c.yaml:3: missing key `name` in `zfs.pools[0]`"),
        (
            "level: debgu\n",
            "c.yaml:1: unknown value `debgu` in `level`; did you mean `debug`? (known here: `info`, `debug`)",
        ),
        (
            "zfs:\n  interval: 30\n",
            "c.yaml:2: invalid type: integer `30`, expected a time such as `90s`, `5m` or `1h30m` in `zfs.interval`",
        ),
        (
            "zfs:\n  interval: soon\n",
            "c.yaml:2: invalid value: string \"soon\", expected a time such as `90s`, `5m` or `1h30m` in `zfs.interval`",
        ),
        ("zfs:\n  interval: 2h\n", "c.yaml:2: `2h` is outside 1s to 1h in `zfs.interval`"),
        ("zfs:\n  answer: 2GiB\n", "c.yaml:2: `2GiB` is outside 1KiB to 1MiB in `zfs.answer`"),
        ("zfs: 5\n", "c.yaml:1: invalid type: integer `5`, expected keys with values in `zfs`"),
        ("- a\n", "c.yaml:1: invalid type: sequence, expected keys with values"),
        ("level: info\nlevel: debug\n", "c.yaml:1: key given twice: `level`"),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_yaml_is_told_with_its_line() {
    let told = refused("listen: []\nzfs: {\n");
    assert!(told.starts_with("c.yaml:3: "), "{told}");
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nlisten: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n";
    assert!(parse::<Config>("c.yaml", bomb).is_err());
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_its_path() {
    let error = load::<Config>(Path::new("/nowhere/c.yaml")).unwrap_err();
    let expected = "configuration: read /nowhere/c.yaml: absent: No such file or directory (os error 2)";
    assert_eq!(chain(&error), expected);
}

proptest::proptest! {
    #[test]
    fn any_text_is_taken_or_refused_with_a_line(text in "[ -~\n\t]{0,200}") {
        match parse::<Config>("c.yaml", &text) {
            Ok(_) => {}
            Err(error) => assert!(error.to_string().starts_with("c.yaml:"), "{error}"),
        }
    }

    #[test]
    fn any_message_is_explained(message in ".{0,200}") {
        let _ = crate::config::words::explain(&message);
        let _ = crate::config::words::explain(&format!("unknown field `{message}"));
    }
}
