//! The bytes of what is stored.

use super::*;

#[test]
fn catalogs_and_entries_survive_their_bytes() {
    let mut log = Log::new();
    log.apply(Command::OpenProducer { name: "p".into() });
    log.apply(batch(1, 0, vec![]));
    let bytes = codec::encode_catalog(&log.catalog);
    assert_eq!(
        codec::decode_catalog(&bytes).expect("just written"),
        log.catalog
    );
    for cut in 0..bytes.len() {
        assert!(
            codec::decode_catalog(&bytes[..cut]).is_err(),
            "cut at {cut}"
        );
    }
}

#[test]
fn golden_bytes_of_an_entry() {
    let command = Command::OpenProducer { name: "p".into() };
    let entry = Entry {
        stamp: 7,
        request: None,
        command,
    };
    let golden: &[u8] = b"\x01\x83\xa5stamp\x07\xa7request\xc0\xa7command\
        \x81\xacOpenProducer\x81\xa4name\xa1p";
    assert_eq!(codec::encode_entry(&entry), golden);
    assert_eq!(codec::decode_entry(golden).expect("for ever"), entry);
}
