use super::*;

/// An array whose word at each place is its place.
fn counted(len: usize) -> Vec<u8> {
    (0..len as u64).flat_map(u64::to_le_bytes).collect()
}

fn vdev(len: usize) -> VdevStats {
    let bytes = counted(len);
    VdevStats::read(Words::new(&bytes, true))
}

#[test]
fn the_places_are_those_of_the_kernel() {
    let stats = vdev(48);
    assert_eq!((stats.allocated, stats.space, stats.expandable), (Some(3), Some(4), Some(7)));
    assert_eq!((stats.read_errors, stats.write_errors, stats.checksum_errors), (Some(20), Some(21), Some(22)));
    assert_eq!((stats.initialize_errors, stats.trim_errors), (Some(23), Some(35)));
    assert_eq!((stats.scan_processed, stats.fragmentation, stats.slow_ios), (Some(26), Some(27), Some(34)));
    assert_eq!(
        (stats.rebuild_processed, stats.configured_ashift, stats.physical_ashift),
        (Some(41), Some(42), Some(44))
    );
}

#[test]
fn each_length_has_its_own_layout() {
    let told = |len| {
        let stats = vdev(len);
        (stats.fit, stats.configured_ashift, stats.noalloc, stats.dio_verify_errors)
    };
    assert_eq!(told(41), (Fit::Known, None, None, None));
    assert_eq!(told(45), (Fit::Known, Some(42), None, None));
    // The word at place 45 of 2.1.6 is the physical space and not "noalloc".
    assert_eq!(told(46), (Fit::Known, Some(42), None, None));
    assert_eq!(told(47), (Fit::Known, Some(42), Some(true), None));
    assert_eq!(told(48), (Fit::Known, Some(42), Some(true), Some(47)));
}

#[test]
fn a_longer_array_is_its_known_beginning() {
    let stats = vdev(60);
    assert_eq!(stats.fit, Fit::Foreign(60));
    assert_eq!(VdevStats { fit: Fit::Known, ..stats }, vdev(48));
    let between = vdev(43);
    assert_eq!((between.fit, between.rebuild_processed), (Fit::Foreign(43), None));
}

#[test]
fn a_shorter_array_is_partial_and_never_a_made_up_number() {
    let stats = vdev(21);
    assert_eq!(stats.fit, Fit::Foreign(21));
    assert_eq!((stats.read_errors, stats.write_errors, stats.slow_ios), (Some(20), None, None));
    let empty = vdev(0);
    assert_eq!((empty.state, empty.allocated, empty.fit), (None, None, Fit::Foreign(0)));
}

#[test]
fn states_and_reasons_have_their_numbers() {
    let words = |state: u64, aux: u64| {
        let bytes: Vec<u8> = [0, state, aux].into_iter().flat_map(u64::to_le_bytes).collect();
        let stats = VdevStats::read(Words::new(&bytes, true));
        (stats.state, stats.aux)
    };
    assert_eq!(words(7, 0), (Some(VdevState::Online), None));
    assert_eq!(words(4, 1), (Some(VdevState::CantOpen), Some(Aux::OpenFailed)));
    assert_eq!(words(5, 11), (Some(VdevState::Faulted), Some(Aux::ErrorsExceeded)));
    assert_eq!(words(6, 20), (Some(VdevState::Degraded), Some(Aux::AshiftTooBig)));
    assert_eq!(words(99, 99), (Some(VdevState::Unknown), Some(Aux::Unknown)));
}

#[test]
fn fragmentation_that_cannot_be_told_is_absent() {
    let mut bytes = counted(48);
    bytes[27 * 8..28 * 8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(VdevStats::read(Words::new(&bytes, true)).fragmentation, None);
}

#[test]
fn a_scan_changed_its_seventh_word() {
    let read = |len: usize| {
        let bytes = counted(len);
        let stats = ScanStats::read(Words::new(&bytes, true));
        (stats.fit, stats.skipped, stats.error_scrub.map(|scrub| scrub.state), stats.issued)
    };
    assert_eq!(read(15), (Fit::Known, None, None, Some(14)));
    assert_eq!(read(22), (Fit::Known, Some(6), Some(16), Some(14)));
    assert_eq!(read(23), (Fit::Known, Some(6), Some(16), Some(14)));
    assert_eq!(read(24), (Fit::Foreign(24), Some(6), Some(16), Some(14)));
    assert_eq!(read(9), (Fit::Foreign(9), None, None, None));
}

#[test]
fn copies_have_two_shapes() {
    let bytes = counted(13);
    let rebuild = CopyStats::rebuild(Words::new(&bytes, true));
    let told = (rebuild.fit, rebuild.state, rebuild.end, rebuild.total, rebuild.done);
    assert_eq!(told, (Fit::Known, Some(0), Some(2), Some(7), Some(5)));
    let moved = CopyStats::move_of_vdev(Words::new(&bytes[..7 * 8], true));
    assert_eq!((moved.vdev, moved.end, moved.total, moved.done), (Some(1), Some(3), Some(4), Some(5)));
    let checkpoint = CheckpointStats::read(Words::new(&bytes[..3 * 8], true));
    assert_eq!((checkpoint.fit, checkpoint.start, checkpoint.space), (Fit::Known, Some(1), Some(2)));
}
