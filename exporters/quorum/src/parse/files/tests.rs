use proptest::prelude::*;

use super::*;

/// As go-dqlite 1.11 writes it; 2.0 has the keys in another order.
const INFO: &str = "Address: 10.77.0.1:19001\nID: 3297041220608546238\nRole: 0\n";

#[test]
fn a_node_knows_itself_whatever_the_order_of_the_keys() {
    let expected = Info { address: "10.77.0.1:19001".into(), id: 3_297_041_220_608_546_238 };
    assert_eq!(info(INFO).unwrap(), expected);
    assert_eq!(info("ID: 3297041220608546238\nAddress: 10.77.0.1:19001\nRole: 2\nNew: x\n").unwrap(), expected);
    assert!(info("Address: 10.77.0.1:19001\n").unwrap_err().to_string().contains("ID"));
    assert!(info("- a\n").is_err());
}

#[test]
fn the_table_has_its_rows_and_no_invented_role() {
    let text =
        "- Address: 10.77.0.1:19001\n  ID: 0\n  Role: 0\n- ID: 18446744073709551615\n  Address: h:1\n  Role: 2\n";
    let rows = cluster(text).unwrap();
    let seen: Vec<_> = rows.iter().map(|row| (row.id, row.address.as_str(), row.role)).collect();
    assert_eq!(seen, [(0, "10.77.0.1:19001", Role::Voter), (u64::MAX, "h:1", Role::Spare)]);
    assert_eq!(cluster("").unwrap(), []);
    assert_eq!(cluster("- Address: a\n  Role: 3\n").unwrap_err().to_string(), "unknown role 3");
    assert_eq!(cluster(&"- Address: a\n".repeat(1001)).unwrap_err().to_string(), "1001 members");
}

#[test]
fn a_failure_domain_is_one_number() {
    assert_eq!(number("1\n").unwrap(), 1);
    assert_eq!(number("rack 7").unwrap_err().to_string(), "expected a number, found `rack 7`");
}

/// Polls run on small stacks, and whoever nests deep enough asks for more.
#[test]
fn a_deep_nest_is_refused_on_a_small_stack() {
    let deep = || {
        for nest in ["[", "{a: ", "- ", "? ", "*a ", "&a [", "!!seq ["] {
            let text = nest.repeat(2000);
            assert!(info(&text).is_err() && cluster(&text).is_err() && snap_version(&text).is_err(), "{nest}");
        }
    };
    let stack = gjallarhorn_service::worker::STACK_BYTES;
    std::thread::Builder::new().stack_size(stack).spawn(deep).unwrap().join().unwrap();
}

#[test]
fn locks_are_known_by_their_names() {
    assert_eq!(Lock::ALL.map(Lock::word).as_slice(), Lock::WORDS);
    assert_eq!(Lock::of("low-memory-guard.lock"), Some(Lock::LowMemory));
    assert_eq!(Lock::of("cni-loaded"), None);
}

#[test]
fn the_snap_tells_its_version() {
    assert_eq!(snap_version("name: microk8s\nversion: v1.32.3\nsummary: x\n").unwrap(), "v1.32.3");
    assert!(snap_version("name: microk8s\n").is_err());
}

#[test]
fn the_database_may_have_been_moved() {
    let place = |text| storage_dir(text, "/data");
    let usual = "--storage-dir=${SNAP_DATA}/var/kubernetes/backend/\n--listen=unix://${SNAP_DATA}/x\n";
    assert_eq!(place(usual).unwrap(), "/data/var/kubernetes/backend/");
    assert_eq!(place("# --storage-dir=/old\n--storage-dir \"/mnt/ssd/dqlite\"\n").unwrap(), "/mnt/ssd/dqlite");
    assert_eq!(place("--listen=x\n--storage-dir"), None);
}

proptest! {
    #[test]
    fn no_text_makes_them_panic(text in "\\PC{0,200}") {
        let _ = (info(&text).is_ok(), cluster(&text).is_ok(), number(&text).is_ok());
        let _ = (snap_version(&text).is_ok(), storage_dir(&text, "/data"), Lock::of(&text));
    }

    #[test]
    fn no_yaml_makes_them_panic(text in "([-&*!|>{}\\[\\]:,#?%@`\"' \n]|ID|Address|Role|a|0){0,60}") {
        let _ = (info(&text).is_ok(), cluster(&text).is_ok(), snap_version(&text).is_ok());
    }
}
