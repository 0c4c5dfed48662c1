//! Sets: connectives, nested segments, limits.

use super::world::{NOW, World, bound, plan};
use crate::{
    segment::{BindError, NodeKind, Predicate, bind, bind_many, conjuncts, leaves, parse},
    value::Value,
};

fn world(segments: &[(&'static str, &str, Option<&'static str>)]) -> World {
    let segments = segments
        .iter()
        .map(|(name, text, zone)| (*name, (*text).to_owned(), *zone));
    World {
        segments: segments.collect(),
    }
}

fn leaf(text: &str) -> Predicate {
    plan(text).root
}

#[test]
fn sets_are_simplified_by_set_rules_only() {
    assert_eq!(plan("TRUE").root, Predicate::All);
    assert_eq!(plan("NOT NOT is_vip").root, leaf("is_vip"));
    assert_eq!(plan("is_vip AND TRUE").root, leaf("is_vip"));
    assert_eq!(plan("is_vip AND FALSE").root, Predicate::Nothing);
    assert_eq!(plan("is_vip OR NOT FALSE").root, Predicate::All);
    assert_eq!(plan("is_vip OR is_vip").root, leaf("is_vip"));
    assert_eq!(plan("1 + 1 = 2 AND is_vip").root, leaf("is_vip"));
    assert_eq!(plan("NULL").root, Predicate::Nothing);
    assert_eq!(plan("NOT (1 = 2 AND NULL)").root, Predicate::All);
    // NOT stays outside of leaves: people without a city are in the complement.
    let Predicate::Not(inner) = plan("NOT city = 'a'").root else {
        panic!("no complement");
    };
    assert_eq!(*inner, leaf("city = 'a'"));
    assert_ne!(leaf("city <> 'a'"), Predicate::Not(inner));
}

#[test]
fn each_tag_has_one_slot_in_order_of_first_use() {
    let plan = plan("age > 1 AND city = 'a' AND 城市 <> 'b' AND age < 9");
    let names: Vec<&str> = plan.tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["age", "city"]);
}

#[test]
fn waterfall_steps_share_their_tags() {
    let tree = parse("age > 1 AND is_vip AND (city = 'a' OR age < 0)").expect("fits");
    let world = World::empty();
    let steps = bind_many(&conjuncts(&tree), &world, NOW, "UTC").expect("binds");
    assert_eq!((steps.predicates.len(), steps.tags.len()), (3, 3));
    let whole = bind(&tree, &world, NOW, "UTC").expect("binds").0;
    assert_eq!(whole.root, Predicate::And(steps.predicates.clone()));
    assert_eq!(steps.plan(0).expect("a step").root, steps.predicates[0]);
    assert!(steps.plan(3).is_none() && steps.warnings.is_empty());
    let leaves = bind_many(&leaves(&tree), &world, NOW, "UTC").expect("binds");
    assert_eq!(leaves.predicates.len(), 4);
}

#[test]
fn nested_segments_have_their_own_zone() {
    let world = world(&[
        ("utc", "birthday < today()", Some("UTC")),
        ("own", "birthday < today()", None),
    ]);
    // The day of 2024-05-17T02:30Z is the 17th in Shanghai and in UTC, the 16th in New York.
    let tree = parse("segment('utc')").expect("fits");
    let york = bind(&tree, &world, NOW, "America/New_York")
        .expect("binds")
        .0;
    let here = bound(&world, "segment('own')").expect("binds");
    assert_eq!(york.root, here.root);
    let tree = parse("segment('own')").expect("fits");
    let inherited = bind(&tree, &world, NOW, "America/New_York")
        .expect("binds")
        .0;
    assert_ne!(inherited.root, here.root);
}

#[test]
fn cycles_name_the_way_around() {
    let world = world(&[
        ("a", "is_vip AND segment('b')", None),
        ("b", "NOT segment('c')", None),
        ("c", "segment('b') OR age > 1", None),
    ]);
    let text = "segment('a')";
    let error = bound(&world, text).expect_err("a cycle");
    assert_eq!(error.to_string(), "segment `b` contains itself: b → c → b");
    assert_eq!(
        bound(&world, "segment('b')")
            .expect_err("a cycle")
            .position("segment('b')")
            .map(|p| p.column),
        Some(9)
    );
}

#[test]
fn unknown_segments_name_the_nearest() {
    let world = world(&[("sleeping", "is_vip", None)]);
    let text = "is_vip AND segment('sleping')";
    let error = bound(&world, text).expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "there is no segment `sleping`; did you mean `sleeping`?"
    );
    assert_eq!(error.position(text).map(|place| place.column), Some(20));
}

#[test]
fn limits_hold_over_the_expansion() {
    // Thirty levels of two: the count grows past the limit before memory does.
    let mut segments: Vec<(&'static str, String, Option<&'static str>)> = Vec::new();
    segments.push(("s0", "is_vip".to_owned(), None));
    for level in 1..30 {
        let name: &'static str = Box::leak(format!("s{level}").into_boxed_str());
        let below = level - 1;
        segments.push((
            name,
            format!("segment('s{below}') AND (age > {level} OR segment('s{below}'))"),
            None,
        ));
    }
    let world = World { segments };
    let error = bound(&world, "segment('s29')").expect_err("too many");
    assert!(matches!(error, BindError::Nodes { .. }), "{error}");
    let deep: String = "NOT ".repeat(60) + "is_vip";
    let world = World {
        segments: vec![("deep", deep, None)],
    };
    assert!(bound(&world, "NOT NOT NOT segment('deep')").is_ok());
    let error = bound(&world, "NOT NOT NOT NOT segment('deep')").expect_err("too deep");
    assert!(matches!(error, BindError::Depth { .. }), "{error}");
}

#[test]
fn now_and_today_are_literals() {
    let Predicate::Leaf(node) = leaf("last_order >= now()") else {
        panic!("no leaf");
    };
    let NodeKind::Compare { right, .. } = node.kind else {
        panic!("no comparison");
    };
    assert_eq!(right.kind, NodeKind::Literal(Value::Timestamp(NOW.0)));
    assert_eq!(
        leaf("birthday = today()"),
        leaf("birthday = DATE '2024-05-17'")
    );
    assert_eq!(
        leaf("last_order > now() - INTERVAL '1 month'"),
        leaf("last_order > TIMESTAMP '2024-04-17T02:30:00Z'")
    );
}

#[test]
fn zones_and_as_of_are_checked() {
    let tree = parse("is_vip").expect("fits");
    let world = World::empty();
    assert!(matches!(
        bind(&tree, &world, NOW, "Mars"),
        Err(BindError::Zone(_))
    ));
    let far = crate::AsOf(i64::MAX);
    assert!(matches!(
        bind(&tree, &world, far, "UTC"),
        Err(BindError::AsOf(_))
    ));
}
