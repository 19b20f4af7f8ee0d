//! How a part of a manifest lies in its row: the bytes of its records column by column, compressed.
//!
//! Hashes and source ids are random and stay as long as they are; what a line was made into
//! (identity, kind, number) differs little from the line before and all but vanishes.

use zstd::bulk::{compress, decompress};

use super::RECORD;
use crate::{StoreError, StoreResult, limits};

/// Bytes of a record that are random: the line's hash and its source id.
const RANDOM: usize = 24;

/// A part as it is stored: the random columns as they are, the others compressed.
pub(super) fn packed(records: &[u8]) -> Vec<u8> {
    let lines = records.len() / RECORD;
    let mut rest = Vec::with_capacity(lines * (RECORD - RANDOM));
    for column in RANDOM..RECORD {
        rest.extend(records.iter().skip(column).step_by(RECORD));
    }
    let rest = compress(&rest, limits::COMPRESSION_LEVEL)
        .expect("zstd compresses whatever fits in memory");
    let mut packed = Vec::with_capacity(lines * RANDOM + rest.len());
    for record in records.chunks_exact(RECORD) {
        packed.extend_from_slice(record.get(..RANDOM).unwrap_or_default());
    }
    // The number of lines stands last, so that both halves can be found from the end.
    packed.extend_from_slice(&rest);
    packed.extend_from_slice(&u32::try_from(lines).unwrap_or(u32::MAX).to_le_bytes());
    packed
}

/// Appends the records of a stored part.
pub(super) fn unpack(packed: &[u8], records: &mut Vec<u8>) -> StoreResult<()> {
    let broken = || StoreError::Inconsistent("a part of a manifest does not unpack".to_owned());
    let (packed, lines) = packed.split_last_chunk().ok_or_else(broken)?;
    let lines = usize::try_from(u32::from_le_bytes(*lines)).map_err(|_| broken())?;
    let (random, rest) = packed.split_at_checked(lines * RANDOM).ok_or_else(broken)?;
    let rest = decompress(rest, lines * (RECORD - RANDOM)).map_err(|_| broken())?;
    if rest.len() != lines * (RECORD - RANDOM) {
        return Err(broken());
    }
    let from = records.len();
    records.resize(from + lines * RECORD, 0);
    let new = records.get_mut(from..).unwrap_or_default();
    for (line, (record, random)) in new
        .chunks_exact_mut(RECORD)
        .zip(random.chunks_exact(RANDOM))
        .enumerate()
    {
        let (kept, made) = record.split_at_mut(RANDOM);
        kept.copy_from_slice(random);
        for (byte, column) in made.iter_mut().zip(rest.chunks_exact(lines)) {
            *byte = column.get(line).copied().unwrap_or_default();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        for lines in [0, 1, 2, 4_096] {
            let records: Vec<u8> = (0..lines * RECORD)
                .map(|at| u8::try_from(at * 31 % 251).unwrap())
                .collect();
            let mut back = vec![7];
            unpack(&packed(&records), &mut back).unwrap();
            assert_eq!(back.get(1..), Some(&*records));
        }
    }

    #[test]
    fn what_is_made_costs_little() {
        let mut records = Vec::new();
        for line in 0..4_096_u32 {
            records.extend(
                blake3::hash(&line.to_le_bytes())
                    .as_bytes()
                    .iter()
                    .take(RANDOM),
            );
            records.extend(i64::from(line / 60).to_le_bytes());
            records.push(6);
            records.extend((line % 60).to_le_bytes());
        }
        assert!(packed(&records).len() < 4_096 * (RANDOM + 2));
    }

    #[test]
    fn a_part_that_is_cut_short_is_named() {
        let packed = packed(&[9; 3 * RECORD]);
        for end in 0..packed.len() {
            let part = packed.get(..end).unwrap_or_default();
            assert!(unpack(part, &mut Vec::new()).is_err(), "{end}");
        }
    }
}
