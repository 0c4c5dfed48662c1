//! The generator keeps its promises: the same for a seed, wide, seldom degenerate.

use super::*;

#[test]
fn a_seed_always_gives_the_same_world_and_questions() {
    let questions = |seed| {
        let world = random_world(seed, WorldShape::SMALL);
        let mut generator = Generator::new(&world, seed, Coverage::default());
        let questions: Vec<_> = (0..20).map(|_| generator.question()).collect();
        (world.clone(), questions)
    };
    assert!(questions(7) == questions(7));
    assert!(questions(7) != questions(8));
}

#[test]
fn a_thousand_questions_show_every_feature_and_are_seldom_degenerate() {
    let seed: u64 = rand::random();
    let mut coverage = Coverage::default();
    for number in 0..20 {
        let world = random_world(seed.wrapping_add(number), WorldShape::SMALL);
        let mut generator = Generator::new(&world, seed, coverage);
        for _ in 0..50 {
            generator.question();
        }
        coverage = generator.coverage().clone();
    }
    assert_eq!(coverage.asked, 1_000, "seed {seed}");
    assert_eq!(coverage.below(33), [], "seed {seed}");
    assert!(
        coverage.degenerate <= 100,
        "{} degenerate, seed {seed}",
        coverage.degenerate
    );
}

#[test]
fn a_layout_spreads_people_evenly_and_keeps_their_values() {
    let world = random_world(3, WorldShape::SMALL);
    for shards in [1, 3, 8] {
        let names = layout(&world, shards);
        let other = world.renamed(&names);
        let of = |shard| {
            other
                .people
                .keys()
                .filter(|id| id.shard().get() == shard)
                .count()
        };
        let counts: Vec<usize> = (1..=shards).map(of).collect();
        assert_eq!(counts.iter().sum::<usize>(), world.people.len());
        assert!(counts.iter().max() <= counts.iter().min().map(|least| least + 1).as_ref());
    }
}
