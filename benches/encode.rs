//! Cost of a page: 500 series in 25 families, as a small server has them.
//!
//! `cargo bench -p gjallarhorn-metrics`. Instruction counts, which a busy machine does not blur, are taken by
//! `benches/side_by_side` with the real program.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gjallarhorn_metrics::{Family, Snapshot, encode, families};

families! {
    /// Size of the pool.
    pub SIZE = gauge "bench_size_bytes" Bytes [pool, vdev];
    /// Errors of a disk.
    pub ERRORS = counter "bench_errors_total" None [pool, vdev];
    /// State of a disk.
    pub STATE = gauge "bench_state" None [pool, vdev];
    /// Age of a reading.
    pub AGE = gauge "bench_age_seconds" Seconds [pool, vdev];
    /// Share of a thing.
    pub SHARE = gauge "bench_share_ratio" Ratio [pool, vdev];
}

/// 5 families × 100 series.
fn take() -> Snapshot {
    let mut samples = Snapshot::builder(1000);
    for number in 0..100_u64 {
        let vdev = format!("/dev/disk/by-id/ata-DISK_{number:04}");
        for family in [&SIZE, &ERRORS, &STATE, &AGE] as [&Family<2>; 4] {
            samples.push(family, ["tank", &vdev], number * 1_000_003);
        }
        samples.push(&SHARE, ["tank", &vdev], 0.123 * f64::from(number as u32));
    }
    samples.finish()
}

fn page(criterion: &mut Criterion) {
    let (one, other) = (take(), Snapshot::default());
    let mut buffer = String::new();
    criterion.bench_function("snapshot of 500 series", |bench| bench.iter(|| black_box(take())));
    criterion.bench_function("page of 500 series", |bench| {
        bench.iter(|| {
            buffer.clear();
            encode(black_box(TABLE), &[&one, &other], &mut buffer);
            black_box(buffer.len())
        });
    });
}

criterion_group!(benches, page);
criterion_main!(benches);
