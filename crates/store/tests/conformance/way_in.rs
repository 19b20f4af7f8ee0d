//! The way in: identities, links, entries, manifests, the inbox, feeds and erasure.

use std::collections::HashMap;

use tributary_model::{
    Issue, IssueKind, PatientId, Relationship, RelationshipKind, Section, Timestamp, Version,
};
use tributary_store::{
    Along, Filing, FindKey, Head, Lies, Line, LinkKey, Made, ManifestPart, Mode, NewIdentity,
    NumberStatus, Progress, Slot, Store, UNKNOWN, Which,
};

use crate::engines::{by_hand, engines};
use crate::fixture::{Deployment, beginning, practice, trust};

const NUMBER: &str = "9992386045";

fn new(identity: tributary_model::IdentityId, joins: Option<PatientId>) -> NewIdentity {
    NewIdentity {
        identity,
        joins,
        number_status: NumberStatus::Traced,
        find: vec![FindKey::Local(format!("L{identity}"))],
        link: vec![
            LinkKey::Nhs(NUMBER.parse().unwrap()),
            LinkKey::Doubtful("1|family".into()),
        ],
    }
}

async fn two(deployment: &Deployment) -> [tributary_model::IdentityId; 2] {
    let store = &deployment.store;
    let mut made = [tributary_model::IdentityId(0); 2];
    for (organisation, made) in [practice(), trust()].into_iter().zip(&mut made) {
        let feed = store
            .feed_of(&organisation.code, Mode::Snapshot)
            .await
            .unwrap();
        let identity = store.identity_numbers(1).await.unwrap();
        store
            .add_identities(
                feed.feed,
                &organisation.code,
                &[new(identity, None)],
                beginning(),
            )
            .await
            .unwrap();
        *made = identity;
    }
    made
}

async fn file(
    store: &Store,
    rows: &[Filing<'_>],
    heads: &mut HashMap<tributary_model::IdentityId, Head>,
) -> bool {
    let identities: Vec<_> = rows.iter().map(|row| row.identity).collect();
    let ciphers = store.ciphers(&identities, true).await.unwrap();
    let sealed = store.seal(&ciphers, rows);
    let batch = store.prepare(sealed, heads, Along::default());
    store.file(batch, beginning()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn identities_are_found_by_their_own_organisation_only() {
    for deployment in engines("identities").await {
        let [first, second] = two(&deployment).await;
        let store = &deployment.store;
        let local = format!("L{first}");
        let found = store
            .identities_of(&practice().code, &[&local, "nobody"])
            .await
            .unwrap();
        assert_eq!(found, [Some(first), None]);
        assert_eq!(
            store.identities_of(&trust().code, &[&local]).await.unwrap(),
            [None]
        );
        let key = LinkKey::Nhs(NUMBER.parse().unwrap());
        assert_eq!(
            store.candidates(&[&key]).await.unwrap(),
            [vec![first, second]]
        );
        assert!(store.share_link_key(first, &[key]).await.unwrap());
        let rows = store.identity_rows(&[first]).await.unwrap();
        assert_eq!(rows[&first].patient, PatientId(first.0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_undone_exactly() {
    for deployment in engines("links").await {
        let [first, second] = two(&deployment).await;
        let (store, now) = (&deployment.store, beginning());
        let patient = PatientId(first.0);
        let before = store.identity_rows(&[second]).await.unwrap()[&second].clone();
        store
            .link(second, patient, "traced NHS number", now)
            .await
            .unwrap();
        let members = store.members(&[patient]).await.unwrap();
        assert_eq!(members[&patient], [first, second]);
        assert!(store.unlink(second, now.plus(1)).await.unwrap());
        assert!(
            !store.unlink(second, now.plus(2)).await.unwrap(),
            "it stands alone already"
        );
        let after = store.identity_rows(&[second]).await.unwrap()[&second].clone();
        assert_eq!(after.patient, before.patient);
        assert!(
            after.state > before.state,
            "whoever decides meanwhile sees that it moved"
        );
        assert_eq!(store.members(&[patient]).await.unwrap()[&patient], [first]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn doubtful_pairs_wait_once_and_the_unlinked_are_listed() {
    for deployment in engines("doubtful").await {
        let [first, second] = two(&deployment).await;
        let (store, now) = (&deployment.store, beginning());
        let pair = (second, first, "perhaps twins".to_owned());
        store
            .note_doubtful(std::slice::from_ref(&pair), now)
            .await
            .unwrap();
        store.note_doubtful(&[pair], now.plus(9)).await.unwrap();
        let pairs = store.doubtful(None).await.unwrap();
        assert_eq!(pairs.len(), 1);
        assert_eq!(
            (pairs[0].identity, pairs[0].other, pairs[0].since),
            (second, first, now)
        );
        assert_eq!(store.doubtful(Some(&trust().code)).await.unwrap().len(), 1);
        assert!(
            store.unlinked(None).await.unwrap().is_empty(),
            "both are traced"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_moves_from_version_to_version_and_never_back() {
    for deployment in engines("versions").await {
        let [first, _] = two(&deployment).await;
        let store = &deployment.store;
        let slot = Slot::Entry(Section::Problems, 1);
        let row = |version, body| Filing {
            identity: first,
            version: Version(version),
            slot,
            rid: 7,
            body,
        };
        let mut heads = store.heads(&[first]).await.unwrap();
        assert!(file(store, &[row(1, Some(b"{\"a\":1}".as_slice()))], &mut heads).await);
        assert_eq!(
            store.current_ids(first).await.unwrap()[&7],
            (Section::Problems, 1)
        );
        let mut stale = heads.clone();
        assert!(file(store, &[row(2, None)], &mut heads).await, "a removal");
        assert!(store.current_ids(first).await.unwrap().is_empty());
        let late = file(store, &[row(2, Some(b"{}".as_slice()))], &mut stale).await;
        assert!(!late, "what rests on an old head is not written");
        let mut fresh = store.heads(&[first]).await.unwrap();
        assert_eq!(fresh[&first].version, Version(2));
        assert_eq!(fresh.get_mut(&first).unwrap().next(Section::Problems), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn manifests_are_adopted_whole_and_forget_the_erased() {
    for deployment in engines("manifests").await {
        let [first, second] = two(&deployment).await;
        let (store, now) = (&deployment.store, beginning());
        let feed = store
            .feed_of(&practice().code, Mode::Snapshot)
            .await
            .unwrap()
            .feed;
        let mut records = Vec::new();
        for (n, identity) in [(1_u8, first), (2, second)] {
            let made = Made::Entry(identity, Section::Results, u32::from(n));
            Line {
                hash: [n; 16],
                rid: i64::from(n),
                made,
            }
            .pack(&mut records);
        }
        let part = ManifestPart {
            feed,
            file: "a.ndjson".into(),
            generation: 1,
            part: 1,
            records,
        };
        let along = Along {
            lines: vec![part],
            ..Along::default()
        };
        let batch = store.prepare(Vec::new(), &mut HashMap::new(), along);
        assert!(store.file(batch, now).await.unwrap());
        assert!(
            store.manifest_files(feed).await.unwrap().is_empty(),
            "not before it is adopted"
        );
        assert_eq!(store.unadopted(feed, "a.ndjson", 0).await.unwrap(), [1]);
        store
            .adopt_manifests(feed, &[("a.ndjson".into(), 1)], &[])
            .await
            .unwrap();
        assert_eq!(store.manifest_files(feed).await.unwrap()["a.ndjson"], 1);
        assert_eq!(store.manifest(feed, "a.ndjson", 1).await.unwrap().len(), 2);
        assert_eq!(store.erase(&[first], "opted out", now).await.unwrap(), 1);
        let manifest = store.manifest(feed, "a.ndjson", 1).await.unwrap();
        assert_eq!(manifest.line(0).unwrap().hash, UNKNOWN);
        assert_eq!(manifest.line(0).unwrap().made, Made::Dropped(first));
        assert_eq!(manifest.line(1).unwrap().hash, [2; 16]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn erasure_forgets_the_key_and_the_rows_and_is_finished_after_a_crash() {
    for deployment in engines("erasure").await {
        let [first, _] = two(&deployment).await;
        let (store, now) = (&deployment.store, beginning());
        let slot = Slot::Entry(Section::Problems, 1);
        let body = Some(b"{}".as_slice());
        let row = Filing {
            identity: first,
            version: Version(1),
            slot,
            rid: 7,
            body,
        };
        let mut heads = store.heads(&[first]).await.unwrap();
        assert!(file(store, &[row], &mut heads).await);
        let keys = store.count_keys().await.unwrap();
        let intent = format!(
            "INSERT INTO erasure (identity, intended, reason) VALUES ({first}, 1, 'crash')"
        );
        by_hand(&deployment, Which::Record, &intent).await;
        assert_eq!(store.finish_erasures(now).await.unwrap(), 1);
        assert_eq!(store.count_keys().await.unwrap(), keys - 1);
        assert!(store.current_ids(first).await.unwrap().is_empty());
        assert_eq!(
            store.erase(&[first], "again", now).await.unwrap(),
            0,
            "nothing is left"
        );
        let next = Filing {
            version: Version(2),
            ..row
        };
        let mut heads = store.heads(&[first]).await.unwrap();
        assert!(
            !file(store, &[next], &mut heads).await,
            "nothing is filed for the erased"
        );
        store.let_back_in(&[first], now).await.unwrap();
        let mut heads = store.heads(&[first]).await.unwrap();
        assert!(
            file(store, &[next], &mut heads).await,
            "until they opt back in"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn relationships_are_restated_and_ended() {
    for deployment in engines("relationships").await {
        let [first, _] = two(&deployment).await;
        let (store, now) = (&deployment.store, beginning());
        let one = Relationship {
            source_id: "EpisodeOfCare/1".into(),
            local_number: "1".into(),
            organisation: practice().code,
            kind: RelationshipKind::Registration,
            from: Some(now),
            until: None,
            referred_by: None,
        };
        let before = store.identity_rows(&[first]).await.unwrap()[&first].state;
        store
            .put_relationships(&[(first, 5, one)], now)
            .await
            .unwrap();
        store
            .end_relationships(&[(first, 5)], now.plus(Timestamp::DAY))
            .await
            .unwrap();
        let after = store.identity_rows(&[first]).await.unwrap()[&first].state;
        assert!(after >= before + 2, "both moved what a decision rests on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spool_is_sealed_named_by_content_and_cleared() {
    for deployment in engines("spool").await {
        let (store, now) = (&deployment.store, beginning());
        let feed = store
            .feed_of(&practice().code, Mode::Delta)
            .await
            .unwrap()
            .feed;
        let text: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut names = Vec::new();
        for _ in 0..2 {
            let mut writer = store.spool().await.unwrap();
            text.chunks(70_000)
                .for_each(|part| writer.write(part).unwrap());
            let (name, path) = writer.finish().unwrap();
            let raw = std::fs::read(&path).unwrap();
            assert!(
                memchr_find(&raw, &text[1_000..1_040]).is_none(),
                "nothing plain on the disk"
            );
            let spooled = store.open_spooled(&path).await.unwrap();
            assert_eq!(spooled.size(), text.len() as u64);
            let mut read = vec![0; 100_000];
            assert_eq!(spooled.read_at(65_000, &mut read).unwrap(), read.len());
            assert_eq!(read, text[65_000..165_000]);
            let lies = Lies::Spooled(path.clone());
            let (submission, fresh) = store.receive(feed, &name, &lies, now).await.unwrap();
            names.push((name, path, submission, fresh));
        }
        assert_eq!(names[0].0, names[1].0, "the same bytes have the same name");
        assert_eq!(
            (names[0].2, names[0].3, names[1].3),
            (names[1].2, true, false)
        );
        assert_eq!(store.unfinished().await.unwrap().len(), 1);
        store
            .progress(names[0].2, Progress::Filed, "{}", now)
            .await
            .unwrap();
        assert!(store.unfinished().await.unwrap().is_empty());
        assert_eq!(store.clear_spool(now.plus(1)).await.unwrap(), 1);
        assert!(!names[0].1.exists());
        assert!(store.open_spooled(&names[0].1).await.is_err());
    }
}

fn memchr_find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len())
        .position(|window| window == needle)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_spool_file_does_not_open() {
    for deployment in engines("altered_spool").await {
        let store = &deployment.store;
        let mut writer = store.spool().await.unwrap();
        writer.write(&vec![7; 100_000]).unwrap();
        let (_, path) = writer.finish().unwrap();
        let mut raw = std::fs::read(&path).unwrap();
        raw[70_000] ^= 1;
        std::fs::write(&path, &raw).unwrap();
        let spooled = store.open_spooled(&path).await.unwrap();
        assert!(spooled.read_at(0, &mut vec![0; 100_000]).is_err());
        std::fs::write(&path, &raw[..65_564]).unwrap();
        assert!(
            store.open_spooled(&path).await.is_err(),
            "cut at the end of a chunk"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parked_items_wait_with_their_place_and_words() {
    for deployment in engines("parked").await {
        let (store, now) = (&deployment.store, beginning());
        let feed = store
            .feed_of(&practice().code, Mode::Snapshot)
            .await
            .unwrap()
            .feed;
        let lies = Lies::InPlace("feed".into());
        let (submission, _) = store.receive(feed, "feed", &lies, now).await.unwrap();
        let issue = Issue {
            kind: IssueKind::NoIdentity,
            place: "Condition.ndjson line 3".into(),
            words: "no Patient of this source has that id".into(),
        };
        let items = [(issue.clone(), b"secret words".to_vec())];
        let parked = store
            .seal_parked(submission, feed, &items, now)
            .await
            .unwrap();
        let along = Along {
            parked,
            ..Along::default()
        };
        let batch = store.prepare(Vec::new(), &mut HashMap::new(), along);
        assert!(store.file(batch, now).await.unwrap());
        let waiting = store.parked(Some(feed)).await.unwrap();
        assert_eq!((waiting.len(), &waiting[0].issue), (1, &issue));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_has_one_credential_at_a_time() {
    for deployment in engines("feeds").await {
        let store = &deployment.store;
        let feed = store
            .feed_of(&practice().code, Mode::Snapshot)
            .await
            .unwrap();
        assert_eq!(
            store
                .feed_of(&practice().code, Mode::Snapshot)
                .await
                .unwrap(),
            feed
        );
        let first = store.new_credential(feed.feed).await.unwrap();
        let second = store.new_credential(feed.feed).await.unwrap();
        assert!(store.feed_by_credential(&first).await.unwrap().is_none());
        assert_eq!(
            store
                .feed_by_credential(&second)
                .await
                .unwrap()
                .unwrap()
                .feed,
            feed.feed
        );
        let now = beginning();
        store.note_refreshed(feed.feed, now).await.unwrap();
        let feeds = store.feeds().await.unwrap();
        let feed = feeds.iter().find(|one| one.feed == feed.feed).unwrap();
        assert_eq!(feed.late_since(now.plus(Timestamp::DAY)), None);
        assert_eq!(feed.late_since(now.plus(2 * Timestamp::DAY)), Some(now));
    }
}
