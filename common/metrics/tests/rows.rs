//! Rows that are written without a snapshot stand as one would write them.

use gjallarhorn_metrics::encode::{encode, write_rows};
use gjallarhorn_metrics::{Snapshot, Value};

gjallarhorn_metrics::families! {
    /// Whether the lamp is on.
    pub(crate) LAMP = gauge "test_lamp" None [room, state: &["on", "off"]];
}

#[test]
fn rows_stand_as_a_snapshot_would_write_them() {
    let rows = [(["hall \"1\"", "on"], Value::from(1_u64)), (["attic", "off"], Value::from(0.5))];
    let mut samples = Snapshot::builder(9);
    rows.iter().for_each(|(labels, value)| samples.push(&LAMP, *labels, *value));
    let (mut expected, mut written) = (String::new(), String::new());
    encode(TABLE, &[&samples.finish()], &mut expected);
    assert_eq!(write_rows(&LAMP, rows.into_iter(), &mut written), 0);
    assert_eq!(written, expected);
    assert_eq!(write_rows(&LAMP, [(["hall", "dim"], Value::from(1_u64))].into_iter(), &mut written), 1);
    assert_eq!(written, expected, "not a header either");
}
