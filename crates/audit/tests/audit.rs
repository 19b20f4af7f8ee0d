//! The log's mathematics against known answers, a naive tree, and every way of tampering.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use tributary_audit::{
    ChainKey, ChainValue, Checkpoint, Fault, Hash, LeafHash, NoteError, StoredLine, Tree, Verdict,
    consistency_proof, inclusion_proof, leaf_hash, root, verify_log,
};
use tributary_model::Timestamp;

fn hex(text: &str) -> Hash {
    let byte = |i: usize| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap();
    std::array::from_fn(byte)
}

fn leaves(count: u64) -> Vec<LeafHash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

/// RFC 6962's definition, word for word, with nothing shared with the code under test but SHA-256.
fn defined_root(leaves: &[LeafHash]) -> Hash {
    use sha2::{Digest, Sha256};
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => one.0,
        many => {
            let mut k = 1;
            while k * 2 < many.len() {
                k *= 2;
            }
            let (left, right) = (defined_root(&many[..k]), defined_root(&many[k..]));
            Sha256::digest([&[1][..], &left, &right].concat()).into()
        }
    }
}

#[test]
fn known_answers_of_certificate_transparency() {
    let inputs: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
            0x6e, 0x6f,
        ],
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = Tree::new();
    assert_eq!(tree.root(), hex(roots[0]));
    for (input, expected) in inputs.iter().zip(&roots[1..]) {
        tree.push(leaf_hash(input));
        assert_eq!(tree.root(), hex(expected), "{} leaves", tree.len());
    }
}

#[test]
fn the_chain_is_hmac_sha_256() {
    // RFC 4231 has no case of this length, so the definition is written out.
    use sha2::{Digest, Sha256};
    let secret = [7; 32];
    let leaf = leaf_hash(b"line");
    let pad = |pad: u8| {
        let mut block = [pad; 64];
        block[..32].iter_mut().for_each(|byte| *byte ^= 7);
        block
    };
    let inner = Sha256::digest([&pad(0x36)[..], &[0; 32], &leaf.0].concat());
    let expected: Hash = Sha256::digest([&pad(0x5c)[..], &inner].concat()).into();
    assert_eq!(
        ChainKey::new(&secret).chain(ChainValue::START, leaf).0,
        expected
    );
    assert_eq!(format!("{:?}", ChainKey::new(&secret)), "ChainKey(•••)");
}

#[test]
fn every_root_is_the_defined_one_and_survives_a_pause() {
    let all = leaves(130);
    let mut tree = Tree::new();
    for (size, leaf) in (1..).zip(&all) {
        tree = Tree::from_bytes(&tree.to_bytes()).unwrap();
        tree.push(*leaf);
        assert_eq!(tree.root(), defined_root(&all[..size]), "{size}");
        assert_eq!(tree.root(), root(&all[..size]), "{size}");
    }
}

#[test]
fn bytes_that_are_no_frontier_are_refused() {
    let mut tree = Tree::new();
    for leaf in leaves(5) {
        tree.push(leaf);
    }
    let bytes = tree.to_bytes();
    for cut in 0..bytes.len() {
        assert!(Tree::from_bytes(&bytes[..cut]).is_err(), "{cut}");
    }
    assert!(Tree::from_bytes(&[&bytes[..], &[0; 32]].concat()).is_err());
}

#[test]
fn every_leaf_of_every_small_log_is_included_and_nothing_else_is() {
    let all = leaves(40);
    for size in 1..=all.len() {
        let log = &all[..size];
        let root = defined_root(log);
        for (index, leaf) in (0..).zip(log) {
            let proof = inclusion_proof(log, index).unwrap();
            assert!(proof.verify(*leaf, &root), "{index} of {size}");
            assert!(!proof.verify(leaf_hash(b"other"), &root));
            assert!(!proof.verify(*leaf, &[0; 32]));
        }
        assert_eq!(inclusion_proof(log, size as u64), None);
    }
}

#[test]
fn every_small_log_has_grown_from_every_smaller_one() {
    let all = leaves(40);
    for new in 0..=all.len() {
        for old in 0..=new {
            let proof = consistency_proof(&all[..new], old as u64).unwrap();
            let (old_root, new_root) = (defined_root(&all[..old]), defined_root(&all[..new]));
            assert!(proof.verify(&old_root, &new_root), "{old} to {new}");
            assert!(!proof.verify(&[1; 32], &new_root), "{old} to {new}");
            assert!(
                old == 0 || !proof.verify(&old_root, &[1; 32]),
                "{old} to {new}"
            );
        }
        assert_eq!(consistency_proof(&all[..new], new as u64 + 1), None);
    }
}

proptest! {
    #[test]
    fn a_proof_that_was_touched_proves_nothing(
        size in 2_u64..200, at in any::<prop::sample::Index>(), bit in 0_usize..256,
        hop in any::<prop::sample::Index>(), old in any::<prop::sample::Index>(),
    ) {
        let all = leaves(size);
        let root = defined_root(&all);
        let index = at.index(all.len());
        let sound = inclusion_proof(&all, index as u64).unwrap();

        let mut touched = sound.clone();
        touched.path[hop.index(sound.path.len())][bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!touched.verify(all[index], &root));
        let mut shorter = sound.clone();
        shorter.path.pop();
        prop_assert!(!shorter.verify(all[index], &root));
        let mut longer = sound.clone();
        longer.path.push(root);
        prop_assert!(!longer.verify(all[index], &root));
        let elsewhere = (index + 1) % all.len();
        prop_assert!(!sound.verify(all[elsewhere], &root));

        let old = 1 + old.index(all.len() - 1);
        let old_root = defined_root(&all[..old]);
        let mut grown = consistency_proof(&all, old as u64).unwrap();
        let hop = hop.index(grown.path.len());
        grown.path[hop][bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!grown.verify(&old_root, &root));
    }

    #[test]
    fn no_bytes_panic_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(Tree::from_bytes(&bytes));
        let key = SigningKey::from_bytes(&[1; 32]).verifying_key();
        prop_assert!(Checkpoint::open(&String::from_utf8_lossy(&bytes), "log", &key).is_err());
    }
}

const ORIGIN: &str = "tributary.example/audit";

fn checkpoint(size: u64) -> Checkpoint {
    let leaves = honest_log(size)
        .iter()
        .map(|line| line.leaf_hash)
        .collect::<Vec<_>>();
    Checkpoint {
        origin: ORIGIN.to_owned(),
        size,
        root: root(&leaves),
        at: Timestamp(1_795_000_000_000_000),
    }
}

#[test]
fn a_checkpoint_comes_back_from_its_note() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let checkpoint = checkpoint(5);
    let note = checkpoint.sign(&key).unwrap();
    assert_eq!(
        Checkpoint::open(&note, ORIGIN, &key.verifying_key()),
        Ok(checkpoint.clone())
    );

    // A witness may have signed too, before or after us.
    let (body, ours) = note.split_once("\n\n").unwrap();
    let witnessed = format!("{body}\n\n— witness.example AAAAAQIDBA==\n{ours}");
    assert_eq!(
        Checkpoint::open(&witnessed, ORIGIN, &key.verifying_key()),
        Ok(checkpoint)
    );
}

#[test]
fn the_form_of_a_note_is_that_of_c2sp() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let note = checkpoint(0).sign(&key).unwrap();
    let lines: Vec<_> = note.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "tributary.example/audit",
            "0",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "at 1795000000000000",
            ""
        ]
    );
    assert!(lines[5].starts_with("— tributary.example/audit "));
    assert!(note.ends_with('\n') && lines.len() == 6);
}

#[test]
fn a_checkpoint_that_was_touched_or_is_of_others_is_refused() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let ours = key.verifying_key();
    let note = checkpoint(5).sign(&key).unwrap();
    let opened = |note: &str| Checkpoint::open(note, ORIGIN, &ours).unwrap_err();

    assert_eq!(
        opened(&note.replacen("\n5\n", "\n6\n", 1)),
        NoteError::WrongSignature
    );
    assert_eq!(
        opened(&note.replacen("\n5\n", "\n05\n", 1)),
        NoteError::Form
    );
    assert_eq!(
        opened(&note.replacen("at 17", "at 18", 1)),
        NoteError::WrongSignature
    );
    assert_eq!(opened(note.split_once("\n\n").unwrap().0), NoteError::Form);
    assert_eq!(opened(""), NoteError::Form);
    let stranger = SigningKey::from_bytes(&[4; 32]);
    assert_eq!(
        opened(&checkpoint(5).sign(&stranger).unwrap()),
        NoteError::Unsigned
    );
    assert_eq!(
        Checkpoint::open(&note, "other.example", &ours),
        Err(NoteError::OtherLog)
    );
    for origin in ["", "two words", "a+b", "a\nb"] {
        let checkpoint = Checkpoint {
            origin: origin.to_owned(),
            ..checkpoint(1)
        };
        assert_eq!(checkpoint.sign(&key), Err(NoteError::Origin), "{origin:?}");
    }
}

/// A line as a table holds it.
#[derive(Clone, PartialEq, Debug)]
struct Line {
    number: i64,
    leaf: Vec<u8>,
    leaf_hash: LeafHash,
    chain: ChainValue,
}

fn key() -> ChainKey {
    ChainKey::new(&[9; 32])
}

fn honest_log(len: u64) -> Vec<Line> {
    let mut chain = ChainValue::START;
    let line = |number: i64| {
        let leaf = format!("\u{1}line {number}").into_bytes();
        let leaf_hash = leaf_hash(&leaf);
        chain = key().chain(chain, leaf_hash);
        Line {
            number,
            leaf,
            leaf_hash,
            chain,
        }
    };
    (0..i64::try_from(len).unwrap()).map(line).collect()
}

fn verify(key: Option<&ChainKey>, log: &[Line], checkpoints: &[Checkpoint]) -> Verdict {
    verify_log(key, log.iter().map(stored), checkpoints, None)
}

fn stored(line: &Line) -> StoredLine<'_> {
    let Line {
        number,
        leaf,
        leaf_hash,
        chain,
    } = line;
    StoredLine {
        number: *number,
        leaf,
        leaf_hash: *leaf_hash,
        chain: *chain,
    }
}

fn rehash(line: &mut Line, with: &[u8]) {
    line.leaf = with.to_vec();
    line.leaf_hash = leaf_hash(with);
}

const LEN: u64 = 30;

fn checkpoints() -> Vec<Checkpoint> {
    [20, 10].map(checkpoint).to_vec()
}

#[test]
fn a_log_as_it_was_written_is_sound() {
    for key in [None, Some(&key())] {
        let sound = verify(key, &honest_log(LEN), &checkpoints()).unwrap();
        assert_eq!(
            (sound.tree.len(), sound.checkpoints, sound.uncovered),
            (30, 2, 10)
        );
    }
    assert_eq!(verify(Some(&key()), &[], &[]).unwrap().tree, Tree::new());
    assert_eq!(verify(None, &[], &[checkpoint(0)]).unwrap().checkpoints, 1);
}

#[test]
fn every_tampering_with_every_line_is_named() {
    let (key, checkpoints) = (key(), checkpoints());
    let named = |log: &[Line]| verify(Some(&key), log, &checkpoints).unwrap_err();
    for at in 0..usize::try_from(LEN).unwrap() {
        let number = i64::try_from(at).unwrap();
        let log = || honest_log(LEN);

        let mut altered = log();
        altered[at].leaf.push(b'!');
        assert_eq!(named(&altered), Fault::Altered { number });

        let mut hashed_anew = log();
        rehash(&mut hashed_anew[at], b"\x01another line");
        assert_eq!(named(&hashed_anew), Fault::Unchained { number });

        let mut chain_altered = log();
        chain_altered[at].chain.0[31] ^= 1;
        assert_eq!(named(&chain_altered), Fault::Unchained { number });

        let mut put_in = log();
        let mut forged = put_in[at].clone();
        rehash(&mut forged, b"\x01a line that never was");
        put_in.insert(at, forged);
        (0..)
            .zip(&mut put_in)
            .for_each(|(number, line)| line.number = number);
        assert_eq!(named(&put_in), Fault::Unchained { number });

        let mut doubled = log();
        doubled.insert(at, doubled[at].clone());
        let again = Fault::OutOfOrder {
            number,
            expected: number + 1,
        };
        assert_eq!(named(&doubled), again);

        if at + 1 < log().len() {
            let mut deleted = log();
            deleted.remove(at);
            assert_eq!(named(&deleted), Fault::Missing(number..=number));
            (0..)
                .zip(&mut deleted)
                .for_each(|(number, line)| line.number = number);
            assert_eq!(named(&deleted), Fault::Unchained { number });

            let mut swapped = log();
            swapped.swap(at, at + 1);
            assert_eq!(named(&swapped), Fault::Missing(number..=number));
            (0..)
                .zip(&mut swapped)
                .for_each(|(number, line)| line.number = number);
            assert_eq!(named(&swapped), Fault::Unchained { number });
        }
    }
}

#[test]
fn lines_cut_off_the_end_are_missed() {
    for len in 0..20 {
        let verdict = verify(Some(&key()), &honest_log(LEN)[..len], &checkpoints());
        let first = i64::try_from(len).unwrap();
        assert_eq!(verdict, Err(Fault::Missing(first..=19)));
    }
    // Beyond the last checkpoint only someone who knows the length can miss them.
    let log = honest_log(25);
    assert_eq!(
        verify(Some(&key()), &log, &checkpoints())
            .unwrap()
            .uncovered,
        5
    );
    let verdict = verify_log(None, log.iter().map(stored), &checkpoints(), Some(LEN));
    assert_eq!(verdict, Err(Fault::Missing(25..=29)));
}

#[test]
fn a_log_rewritten_with_the_key_is_bracketed_by_its_checkpoints() {
    let key = key();
    for (at, range) in [(4, 0..=9), (10, 10..=19), (19, 10..=19)] {
        let mut log = honest_log(LEN);
        rehash(&mut log[at], b"\x01another line");
        assert_eq!(
            verify(None, &log, &checkpoints()),
            Err(Fault::Rewritten(range.clone()))
        );
        let mut chain = ChainValue::START;
        for line in &mut log {
            chain = key.chain(chain, line.leaf_hash);
            line.chain = chain;
        }
        let fault = verify(Some(&key), &log, &checkpoints()).unwrap_err();
        assert_eq!(fault, Fault::Rewritten(range));
        assert!(fault.first_line() <= i64::try_from(at).unwrap());
    }
}

#[test]
fn faults_say_which_line() {
    for (fault, words) in [
        (Fault::Missing(4..=4), "line 4 is missing"),
        (Fault::Missing(4..=6), "lines 4 to 6 are missing"),
        (
            Fault::OutOfOrder {
                number: 9,
                expected: 7,
            },
            "line 9 stands where line 7 belongs",
        ),
    ] {
        assert_eq!(fault.to_string(), words);
    }
}
