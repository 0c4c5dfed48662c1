//! The manifest's bytes, pinned; damage to any of them is noticed.

use tagma_core::ErrorKind;
use tagma_core::schema::{Column, ColumnType, TableKind};
use tagma_sql::run::{Bounds, Partition, SectionMeta};

use super::*;

fn checkpoint() -> Checkpoint {
    let shard = ShardId::new(3).expect("a shard");
    let name = |text| Name::new(text).expect("a name");
    let section = SectionMeta {
        event: Some("pay".to_owned()),
        offset: 0,
        length: 700,
        rows: 5,
        oneid: Bounds { min: 1, max: 2 },
        time: Some(Bounds { min: -1, max: 9 }),
        seq: Bounds { min: 8, max: 16 },
        from: None,
    };
    let run = RunMeta {
        key: "shard/00003/7/run-orders-00000000000000000042-00".to_owned(),
        offset: 64,
        bytes: 704,
        rows: 5,
        level: 1,
        partition: Some(Partition {
            year: 2024,
            month: 2,
        }),
        data_bytes: 700,
        checks_crc: 0x0102_0304,
        sections: vec![section],
        decimals: Vec::new(),
    };
    let schema = TableSchema {
        name: name("orders"),
        kind: TableKind::Events,
        columns: vec![Column {
            name: name("paid_at"),
            column_type: ColumnType::Timestamp,
        }],
        time: Some(name("paid_at")),
        event: None,
        timezone: None,
        identifiers: Vec::new(),
        keep_ids: false,
        key: Vec::new(),
        version: None,
    };
    let mut checkpoint = Checkpoint::empty(shard, ShardEpoch(7));
    checkpoint.manifest.flushed = LogIndex(42);
    checkpoint.manifest.ordinals = 10;
    checkpoint.manifest.table_mut(&schema).runs.push(run);
    checkpoint.manifest.garbage.push(Garbage {
        key: "old".to_owned(),
        bytes: 9,
        since: LogIndex(40),
    });
    checkpoint
        .people
        .apply(LogIndex(42), Some(0..10), [3])
        .expect("in order");
    checkpoint
}

#[test]
fn the_bytes_of_a_manifest_are_those_of_its_format() {
    let bytes = checkpoint().encode(Nonce([7; 16]));
    let golden = include_str!("golden_manifest.hex");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, golden.trim());
}

#[test]
fn a_manifest_leads_to_the_state_that_it_was_made_of() {
    let checkpoint = checkpoint();
    let bytes = checkpoint.encode(Nonce([7; 16]));
    let shard = checkpoint.manifest.shard;
    let back = Checkpoint::decode(shard, bytes, "m").expect("decodes");
    assert_eq!(back.manifest, checkpoint.manifest);
    assert_eq!(back.people, checkpoint.people);
    let state = back.state();
    assert_eq!((state.applied, state.flushed), (LogIndex(42), LogIndex(42)));
    assert_eq!((state.ordinals, state.tables["orders"].rows()), (10, 5));
    assert_eq!(state.people.len_at(LogIndex(42)), Ok(9));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let checkpoint = checkpoint();
    let bytes = checkpoint.encode(Nonce([7; 16]));
    let shard = checkpoint.manifest.shard;
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let decoded = Checkpoint::decode(shard, damaged.into(), "the/manifest");
        let error = decoded.expect_err("damage is noticed");
        let told = matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Incompatible);
        assert!(
            told && format!("{error:?}").contains("the/manifest"),
            "bit {bit}: {error:?}"
        );
    }
}
