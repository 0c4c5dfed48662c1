//! Normalisers on known values, and their laws on arbitrary text.

use proptest::prelude::*;
use tagma_core::schema::{IdentifierType, Name, Normalizer};

use super::*;

const ALL: [Normalizer; 6] = [
    Normalizer::None,
    Normalizer::Trim,
    Normalizer::Lower,
    Normalizer::Upper,
    Normalizer::Email,
    Normalizer::Phone,
];

fn value(normalizer: Normalizer, region: &str, raw: &str) -> String {
    let region = (!region.is_empty()).then_some(region);
    match normalize(normalizer, region, raw) {
        Normalized::Value(value) => value.into_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn texts_are_composed_trimmed_and_folded() {
    let cases = [
        (Normalizer::None, " A b ", " A b "),
        (Normalizer::Trim, " A b\u{3000}", "A b"),
        (Normalizer::Lower, " ＡＢc ", "abc"),
        (Normalizer::Lower, "İ", "i\u{307}"),
        (Normalizer::Upper, "straße", "STRASSE"),
        (Normalizer::Upper, "ab1", "AB1"),
        (
            Normalizer::Email,
            " Li.Lei@Example.COM",
            "li.lei@example.com",
        ),
        (Normalizer::Email, "李雷＠例子.中国", "李雷@例子.中国"),
    ];
    for (normalizer, raw, expected) in cases {
        assert_eq!(value(normalizer, "", raw), expected, "{raw}");
    }
    for bad in ["a.b", "@b", "a@", "a@b@c", "a b@c"] {
        let refused = normalize(Normalizer::Email, None, bad);
        assert!(matches!(refused, Normalized::Invalid(_)), "{bad}");
    }
}

#[test]
fn phones_become_e164() {
    let cases = [
        ("CN", "138 0013-8001", "+8613800138001"),
        ("CN", "+86 138 0013 8001", "+8613800138001"),
        ("CN", "008613800138001", "+8613800138001"),
        ("CN", "8613800138001", "+8613800138001"),
        ("cn", "１３８００１３８００１", "+8613800138001"),
        ("CN", "（138）0013·8001", "+8613800138001"),
        ("CN", "tel:+86-138-0013-8001", "+8613800138001"),
        ("CN", "\u{202d}13800138001\u{202c}", "+8613800138001"),
        ("CN", "(010) 6552-9988", "+861065529988"),
        ("CN", "+86 (010) 65529988", "+861065529988"),
        ("CN", "+1 (415) 555-2671", "+14155552671"),
        ("US", "(415) 555-2671", "+14155552671"),
        ("US", "1 415 555 2671", "+14155552671"),
        ("US", "011 86 13800138001", "+8613800138001"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("GB", "+44 (0)20 7946 0958", "+442079460958"),
        ("HK", "9123 4567", "+85291234567"),
        ("JP", "090-1234-5678", "+819012345678"),
        ("RU", "8 912 345-67-89", "+79123456789"),
        ("IT", "06 698 12345", "+390669812345"),
        ("AU", "0412 345 678", "+61412345678"),
        ("", "+998 90 123 45 67", "+998901234567"),
        ("", "0086 13800138001", "+8613800138001"),
    ];
    for (region, raw, expected) in cases {
        assert_eq!(value(Normalizer::Phone, region, raw), expected, "{raw}");
    }
}

#[test]
fn what_is_no_phone_says_why() {
    let bad = [
        ("CN", "12345"),
        ("CN", "23800138001"),
        ("CN", "138001380011"),
        ("CN", "abc"),
        ("CN", "138+00138001"),
        ("CN", "+0138001380"),
        ("CN", "+86123"),
        ("CN", "1380013800a"),
        ("", "13800138001"),
        ("XX", "13800138001"),
        ("US", "415 555"),
    ];
    for (region, raw) in bad {
        let region = (!region.is_empty()).then_some(region);
        let refused = normalize(Normalizer::Phone, region, raw);
        assert!(
            matches!(refused, Normalized::Invalid(_)),
            "{raw} {refused:?}"
        );
    }
}

#[test]
fn place_holders_and_masked_values_identify_nobody() {
    let words = [
        "0",
        "0000",
        "-1",
        "null",
        "NULL",
        "Unknown",
        "anonymous",
        "none",
        "N/A",
        "ｎｕｌｌ",
        "138****1234",
        "***",
    ];
    for normalizer in [Normalizer::Lower, Normalizer::Phone, Normalizer::Email] {
        for word in words.iter().filter(|word| word.is_ascii()) {
            let blocked = normalize(normalizer, Some("CN"), word);
            assert!(
                matches!(blocked, Normalized::Blocked(_)),
                "{word} {blocked:?}"
            );
        }
    }
    assert!(matches!(
        normalize(Normalizer::Lower, None, words[9]),
        Normalized::Blocked(_)
    ));
    let masked = normalize(Normalizer::Phone, Some("CN"), "138**1234");
    assert_eq!(masked, Normalized::Blocked("masked value"));
    for normalizer in ALL {
        assert_eq!(
            normalize(normalizer, None, " \u{3000}\t"),
            Normalized::Empty
        );
        assert_eq!(normalize(normalizer, None, ""), Normalized::Empty);
    }
    assert_eq!(value(Normalizer::Trim, "", "10"), "10");
    assert_eq!(value(Normalizer::Trim, "", "a*b**c"), "a*b**c");
}

fn declared(normalizer: Normalizer, region: Option<&str>) -> IdentifierType {
    IdentifierType {
        number: 7,
        name: Name::new("phone").expect("a name"),
        normalize: normalizer,
        normalize_version: NORMALIZE_VERSION,
        region: region.map(str::to_owned),
        priority: 2,
        blocked: vec!["13800138000".to_owned(), "TEST".to_owned()],
        blocked_patterns: Vec::new(),
        limit: None,
        unique: false,
        quarantine: 50,
    }
}

#[test]
fn a_type_blocks_its_own_values_however_they_are_written() {
    let rule = TypeRule::new(&declared(Normalizer::Phone, Some("CN"))).expect("a rule");
    assert_eq!((rule.number(), rule.priority()), (7, 2));
    for raw in ["13800138000", "+86 138 0013 8000"] {
        assert_eq!(
            rule.normalize(raw),
            Normalized::Blocked("blocked for its type")
        );
    }
    assert!(matches!(
        rule.normalize("13800138001"),
        Normalized::Value(_)
    ));
    let rule = TypeRule::new(&declared(Normalizer::Lower, None)).expect("a rule");
    assert!(matches!(rule.normalize("Test"), Normalized::Blocked(_)));
}

#[test]
fn a_type_blocks_whole_normalised_values_by_pattern() {
    let mut phone = declared(Normalizer::Phone, Some("CN"));
    phone.blocked_patterns = vec![r"\+86170\d{8}".to_owned(), "800".to_owned()];
    let rule = TypeRule::new(&phone).expect("a rule");
    let blocked = Normalized::Blocked("blocked by a pattern of its type");
    assert_eq!(rule.normalize("170 0000 0000"), blocked);
    for raw in ["13800138001", "13800170000"] {
        assert!(matches!(rule.normalize(raw), Normalized::Value(_)));
    }
    phone.blocked_patterns.push("(".to_owned());
    let error = TypeRule::new(&phone).expect_err("no pattern");
    assert_eq!(error.kind(), tagma_core::ErrorKind::Invalid);
}

#[test]
fn a_type_of_another_version_or_region_is_refused() {
    let mut newer = declared(Normalizer::Lower, None);
    newer.normalize_version = NORMALIZE_VERSION + 1;
    let error = TypeRule::new(&newer).expect_err("newer");
    assert_eq!(error.kind(), tagma_core::ErrorKind::Incompatible);
    let error = TypeRule::new(&declared(Normalizer::Phone, Some("XX"))).expect_err("unknown");
    assert_eq!(error.kind(), tagma_core::ErrorKind::Invalid);
    assert!(TypeRule::new(&declared(Normalizer::Lower, Some("XX"))).is_ok());
}

fn assert_idempotent(normalizer: Normalizer, region: Option<&str>, raw: &str) {
    if let Normalized::Value(once) = normalize(normalizer, region, raw) {
        let twice = normalize(normalizer, region, &once);
        assert_eq!(
            twice,
            Normalized::Value(once.clone()),
            "{normalizer:?} {raw:?}"
        );
    }
}

#[test]
fn every_character_settles() {
    for c in '\0'..=char::MAX {
        for normalizer in [Normalizer::Lower, Normalizer::Upper] {
            let raw = format!("a{c}b");
            let outcome = normalize(normalizer, None, &raw);
            assert!(matches!(outcome, Normalized::Value(_)), "{raw:?}");
            assert_idempotent(normalizer, None, &raw);
        }
    }
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(raw in "\\PC{0,24}", at in 0usize..6) {
        assert_idempotent(ALL[at], None, &raw);
    }

    #[test]
    fn phones_are_idempotent_in_every_region(
        raw in "[+]?[0-9 ()\\-]{0,20}",
        region in proptest::sample::select(vec!["CN", "US", "JP", "GB", "RU", "IT", "SG", "AU"]),
    ) {
        assert_idempotent(Normalizer::Phone, Some(region), &raw);
        if let Normalized::Value(value) = normalize(Normalizer::Phone, Some(region), &raw) {
            prop_assert!(value.starts_with('+') && (8..=16).contains(&value.len()));
            prop_assert_eq!(
                normalize(Normalizer::Phone, None, &value),
                Normalized::Value(value.clone())
            );
        }
    }
}
