//! Segments as dqlite writes them, for tests.

use super::checksum;

/// A batch as dqlite writes it: terms and sizes of its entries.
fn batch(entries: &[(u64, u32)]) -> Vec<u8> {
    let mut head = (entries.len() as u64).to_le_bytes().to_vec();
    for (term, size) in entries {
        head.extend(term.to_le_bytes());
        head.extend([1, 0, 0, 0]);
        head.extend(size.to_le_bytes());
    }
    let mut bytes = checksum(0, &head).to_le_bytes().to_vec();
    bytes.extend([0xaa; 4]);
    bytes.extend(head);
    bytes.resize(bytes.len() + entries.iter().map(|(_, size)| *size as usize).sum::<usize>(), 0xdd);
    bytes
}

pub(crate) fn segment(batches: &[&[(u64, u32)]]) -> Vec<u8> {
    let mut bytes = 1_u64.to_le_bytes().to_vec();
    bytes.extend(batches.iter().flat_map(|entries| batch(entries)));
    bytes
}
