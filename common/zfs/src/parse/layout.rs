//! The kernel's statistics: arrays of 64-bit numbers whose layout is told by their length alone.
//!
//! The places are those of `vdev_stat_t`, `pool_scan_stat_t` and their siblings in OpenZFS `include/sys/fs/zfs.h`,
//! compared over 0.8.6, 2.0, 2.1, 2.2, 2.3 and 2.4. The arrays are *not* append-only: 2.1.6 put a word at place 45 that
//! 2.2 moved to 46. A length that no version has is read as the longest known one that fits into it and marked
//! [`Fit::Foreign`]; a field beyond the end is absent.

use super::model::{Aux, VdevState};
use super::nvlist::Words;

#[cfg(test)]
mod tests;

/// How an array's length compares with the lengths that versions are known to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// A length of a known version.
    Known,
    /// Another length, in words: a newer OpenZFS, or a damaged reply.
    Foreign(usize),
}

/// The array as one of its known layouts: no word beyond that layout is given out.
#[derive(Clone, Copy)]
struct Frame<'a> {
    words: Words<'a>,
    layout: usize,
    fit: Fit,
}

impl<'a> Frame<'a> {
    /// `known` in ascending order.
    fn new(words: Words<'a>, known: &[usize]) -> Self {
        let len = words.len();
        let layout = known.iter().copied().rfind(|one| *one <= len).unwrap_or(len);
        let fit = if known.contains(&len) { Fit::Known } else { Fit::Foreign(len) };
        Frame { words, layout, fit }
    }

    fn word(&self, place: usize) -> Option<u64> {
        if place < self.layout { self.words.get(place) } else { None }
    }

    /// Seconds since 1970; 0 stands for "never" in every one of these arrays.
    fn time(&self, place: usize) -> Option<u64> {
        self.word(place).filter(|time| *time != 0)
    }
}

/// What a vdev counts (`vdev_stat_t`). Sizes in bytes, errors and I/Os since import or clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VdevStats {
    /// Whether the array's length is a known one.
    pub fit: Fit,
    /// Its state; a number without a name is [`VdevState::Unknown`].
    pub state: Option<VdevState>,
    /// Why it is in this state, if there is a reason.
    pub aux: Option<Aux>,
    /// Raw bytes in use.
    pub allocated: Option<u64>,
    /// Raw bytes in all.
    pub space: Option<u64>,
    /// Raw bytes that the devices have and the pool does not use yet.
    pub expandable: Option<u64>,
    /// Read errors.
    pub read_errors: Option<u64>,
    /// Write errors.
    pub write_errors: Option<u64>,
    /// Checksum errors.
    pub checksum_errors: Option<u64>,
    /// Errors while initializing.
    pub initialize_errors: Option<u64>,
    /// Errors while trimming (0.8 and later).
    pub trim_errors: Option<u64>,
    /// Direct writes whose data changed on the way (2.3 and later).
    pub dio_verify_errors: Option<u64>,
    /// I/Os slower than `zio_slow_io_ms`.
    pub slow_ios: Option<u64>,
    /// Fragmentation of the free space in percent; absent where the kernel cannot tell.
    pub fragmentation: Option<u64>,
    /// Bytes that the running or last scan repaired here.
    pub scan_processed: Option<u64>,
    /// Bytes that the running or last sequential rebuild wrote here (2.0 and later).
    pub rebuild_processed: Option<u64>,
    /// A resilver of this device waits for another to end.
    pub resilver_deferred: Option<bool>,
    /// log2 of the block size in use (2.0 and later).
    pub configured_ashift: Option<u64>,
    /// log2 of the device's own block size (2.0 and later).
    pub physical_ashift: Option<u64>,
    /// Nothing new is written here (2.2 and later).
    pub noalloc: Option<bool>,
}

impl VdevStats {
    /// 0.8; 2.0 to 2.1.5; 2.1.6 and later 2.1; 2.2; 2.3 and later.
    const KNOWN: &[usize] = &[41, 45, 46, 47, 48];

    /// Reads the array.
    #[must_use]
    pub fn read(words: Words<'_>) -> Self {
        let frame = Frame::new(words, Self::KNOWN);
        VdevStats {
            fit: frame.fit,
            state: frame.word(1).map(vdev_state),
            aux: frame.word(2).and_then(aux),
            allocated: frame.word(3),
            space: frame.word(4),
            expandable: frame.word(7),
            read_errors: frame.word(20),
            write_errors: frame.word(21),
            checksum_errors: frame.word(22),
            initialize_errors: frame.word(23),
            trim_errors: frame.word(35),
            // Place 46 of 2.1.6 is the last of its layout; only the longer layouts of 2.2 and 2.3 have these two.
            dio_verify_errors: if frame.layout >= 48 { frame.word(47) } else { None },
            slow_ios: frame.word(34),
            // The kernel gives all ones (`ZFS_FRAG_INVALID`) where it cannot tell.
            fragmentation: frame.word(27).filter(|percent| *percent <= 100),
            scan_processed: frame.word(26),
            rebuild_processed: frame.word(41),
            resilver_deferred: frame.word(33).map(|value| value != 0),
            configured_ashift: frame.word(42),
            physical_ashift: frame.word(44),
            noalloc: if frame.layout >= 47 { frame.word(45).map(|value| value != 0) } else { None },
        }
    }
}

/// A scrub or resilver (`pool_scan_stat_t`), in the kernel's own numbers. Sizes in bytes, times in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanStats {
    /// Whether the array's length is a known one.
    pub fit: Fit,
    /// `pool_scan_func_t`.
    pub function: Option<u64>,
    /// `dsl_scan_state_t`.
    pub state: Option<u64>,
    /// When it began.
    pub start: Option<u64>,
    /// When it ended.
    pub end: Option<u64>,
    /// Bytes to read.
    pub to_examine: Option<u64>,
    /// Of these, bytes that need not be read (2.2 and later).
    pub skipped: Option<u64>,
    /// Bytes repaired.
    pub processed: Option<u64>,
    /// Errors that could not be repaired.
    pub errors: Option<u64>,
    /// When this pass began: the start, or the last import or resumption.
    pub pass_start: Option<u64>,
    /// Since when it is paused, if it is.
    pub paused_since: Option<u64>,
    /// Seconds of this pass spent paused.
    pub pass_paused: Option<u64>,
    /// Bytes read in this pass.
    pub pass_issued: Option<u64>,
    /// Bytes read.
    pub issued: Option<u64>,
    /// The scrub of known errors, apart from the scrub above (2.2 and later).
    pub error_scrub: Option<ErrorScrubStats>,
}

/// A scrub of known errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorScrubStats {
    /// `dsl_scan_state_t`.
    pub state: u64,
    /// When it began.
    pub start: Option<u64>,
    /// When it ended.
    pub end: Option<u64>,
    /// Milliseconds since 1970 at which it was paused, if it is; the kernel gives 0 when it is not.
    pub paused: bool,
}

impl ScanStats {
    /// Up to 2.1; 2.2 and later; master of 2026.
    const KNOWN: &[usize] = &[15, 22, 23];

    /// Reads the array.
    #[must_use]
    pub fn read(words: Words<'_>) -> Self {
        let frame = Frame::new(words, Self::KNOWN);
        let error_scrub = frame.word(16).map(|state| ErrorScrubStats {
            state,
            start: frame.time(17),
            end: frame.time(18),
            paused: frame.time(21).is_some(),
        });
        ScanStats {
            fit: frame.fit,
            function: frame.word(0),
            state: frame.word(1),
            start: frame.time(2),
            end: frame.time(3),
            to_examine: frame.word(4),
            // Until 2.1 this place held something else: bytes still to be processed.
            skipped: if frame.layout >= 22 { frame.word(6) } else { None },
            processed: frame.word(7),
            errors: frame.word(8),
            pass_start: frame.time(10),
            paused_since: frame.time(11),
            pass_paused: frame.word(12),
            pass_issued: frame.word(13),
            issued: frame.word(14),
            error_scrub,
        }
    }
}

/// A copy of one thing to another place: sequential rebuild, device removal or raidz expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyStats {
    /// Whether the array's length is a known one.
    pub fit: Fit,
    /// `vdev_rebuild_state_t` or `dsl_scan_state_t`, as the array has it.
    pub state: Option<u64>,
    /// The `id` of the top-level vdev concerned; a rebuild's array does not say, it stands at the vdev.
    pub vdev: Option<u64>,
    /// Seconds since 1970.
    pub end: Option<u64>,
    /// Bytes in all.
    pub total: Option<u64>,
    /// Bytes done.
    pub done: Option<u64>,
}

impl CopyStats {
    /// Reads `vdev_rebuild_stat_t` (12 words up to 2.1, 13 from 2.2 on).
    #[must_use]
    pub fn rebuild(words: Words<'_>) -> Self {
        let frame = Frame::new(words, &[12, 13]);
        let [state, total, done] = [0, 7, 5].map(|place| frame.word(place));
        CopyStats { fit: frame.fit, state, vdev: None, end: frame.time(2), total, done }
    }

    /// Reads `pool_removal_stat_t` or `pool_raidz_expand_stat_t`, which have the same first six words.
    #[must_use]
    pub fn move_of_vdev(words: Words<'_>) -> Self {
        let frame = Frame::new(words, &[7]);
        let [state, vdev, total, done] = [0, 1, 4, 5].map(|place| frame.word(place));
        CopyStats { fit: frame.fit, state, vdev, end: frame.time(3), total, done }
    }
}

/// A checkpoint (`pool_checkpoint_stat_t`, three words in every version).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointStats {
    /// Whether the array's length is a known one.
    pub fit: Fit,
    /// `checkpoint_state_t`: 0 none, 1 there is one, 2 being discarded.
    pub state: Option<u64>,
    /// When it was taken, in seconds since 1970.
    pub start: Option<u64>,
    /// Bytes it holds.
    pub space: Option<u64>,
}

impl CheckpointStats {
    /// Reads the array.
    #[must_use]
    pub fn read(words: Words<'_>) -> Self {
        let frame = Frame::new(words, &[3]);
        CheckpointStats { fit: frame.fit, state: frame.word(0), start: frame.time(1), space: frame.word(2) }
    }
}

fn vdev_state(number: u64) -> VdevState {
    usize::try_from(number).ok().and_then(|at| VdevState::ALL.get(at)).copied().unwrap_or(VdevState::Unknown)
}

/// 0 is "no reason"; the words are declared in the kernel's order from 1 on, with the unknown one last.
fn aux(number: u64) -> Option<Aux> {
    let at = usize::try_from(number).unwrap_or(usize::MAX).checked_sub(1)?;
    Some(Aux::ALL.get(at).copied().unwrap_or(Aux::Unknown))
}
