//! Numbers at their edges, and against a slow oracle.

use super::*;

fn d(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn nines(count: usize) -> String {
    "9".repeat(count)
}

#[test]
fn text_round_trips_with_its_scale() {
    for text in ["0", "-1", "0.50", "-0.05", "123456789.000", &nines(38)] {
        assert_eq!(d(text).to_string(), text);
    }
    assert_eq!(d("5.").to_string(), "5");
    assert_eq!(d(".5").to_string(), "0.5");
    assert_eq!(d("+7").to_string(), "7");
    let bad = ["", "-", ".", "1e5", "1 ", "0x1", "--1", "1.2.3", "１"];
    for text in bad {
        assert_eq!(
            text.parse::<Decimal>().err(),
            Some(NumberError::Text),
            "{text}"
        );
    }
    let long = nines(39);
    assert_eq!(long.parse::<Decimal>().err(), Some(NumberError::Overflow));
    let deep = format!("0.{}", "0".repeat(39));
    assert_eq!(deep.parse::<Decimal>().err(), Some(NumberError::Scale(39)));
}

#[test]
fn order_is_exact_across_scales() {
    assert_eq!(d("1.0"), d("1.00"));
    assert!(d("-0.1") < d("0"));
    let huge = d(&nines(38));
    let tiny = d(&format!("0.{}1", "0".repeat(37)));
    assert!(tiny < huge && huge.neg() < tiny.neg() && tiny > Decimal::ZERO);
    assert!(d("-2.5") < d("-2.49"));
}

#[test]
fn sums_and_products_are_exact_or_errors() {
    assert_eq!(d("0.1").add(d("0.2")).expect("fits").to_string(), "0.3");
    assert_eq!(d("1").sub(d("1.25")).expect("fits").to_string(), "-0.25");
    assert_eq!(
        d("-1.5").mul(d("0.20")).expect("fits").to_string(),
        "-0.300"
    );
    let huge = d(&nines(38));
    assert_eq!(huge.add(d("1")).err(), Some(NumberError::Overflow));
    assert_eq!(huge.sub(huge).expect("fits").to_string(), "0");
    assert_eq!(huge.mul(huge).err(), Some(NumberError::Overflow));
    // 2 at scale 38 does not fit into 128 bits, the difference does.
    let near = d(&format!("1.{}", "5".repeat(37)));
    let rest = d("2").sub(near).expect("fits").to_string();
    assert_eq!(rest, format!("0.{}5", "4".repeat(36)));
}

#[test]
fn quotients_truncate_toward_zero_at_scale_nine() {
    let quotient = |a: &str, b: &str| d(a).div(d(b)).expect("fits").map(|q| q.to_string());
    assert_eq!(quotient("1", "3").as_deref(), Some("0.333333333"));
    assert_eq!(quotient("-2", "3").as_deref(), Some("-0.666666666"));
    assert_eq!(quotient("7", "0.00"), None);
    assert_eq!(quotient("0", "3").as_deref(), Some("0.000000000"));
    assert_eq!(quotient("10.5", "0.25").as_deref(), Some("42.000000000"));
    let tiny = d(&format!("0.{}1", "0".repeat(37)));
    assert_eq!(d("1").div(tiny).err(), Some(NumberError::Overflow));
    assert_eq!(tiny.div(d(&nines(38))).expect("fits"), Some(Decimal::ZERO));
    assert_eq!(tiny.div(tiny).expect("fits"), Some(d("1")));
}

#[test]
fn averages_have_four_more_digits_and_at_least_six() {
    let mean = |sum: &str, count| avg(d(sum), count).expect("fits").map(|m| m.to_string());
    assert_eq!(mean("10", 3).as_deref(), Some("3.333333"));
    assert_eq!(mean("-10.00", 3).as_deref(), Some("-3.333333"));
    assert_eq!(mean("10.0000", 3).as_deref(), Some("3.33333333"));
    assert_eq!(mean("10", 0), None);
}

#[test]
fn floats_round_half_away_from_zero() {
    let text = |value: f64| from_f64(value).expect("fits").to_string();
    assert_eq!(text(0.1), "0.100000000");
    assert_eq!(text(-0.0), "0.000000000");
    // 2^-10 = 0.0009765625: exactly half at the tenth digit.
    assert_eq!(text(0.000_976_562_5), "0.000976563");
    assert_eq!(text(-0.000_976_562_5), "-0.000976563");
    assert_eq!(text(1e-300), "0.000000000");
    assert_eq!(text(1e28), "9999999999999999583119736832.000000000");
    assert_eq!(from_f64(2e29).err(), Some(NumberError::Overflow));
    assert_eq!(from_f64(f64::MAX).err(), Some(NumberError::Overflow));
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(from_f64(bad).err(), Some(NumberError::NotFinite));
    }
}

#[test]
fn rescaling_cuts_and_says_when_it_would_change_the_number() {
    assert_eq!(d("1.999").rescale(1).expect("fits").to_string(), "1.9");
    assert_eq!(d("-1.999").rescale(0).expect("fits").to_string(), "-1");
    assert_eq!(
        d("1.5").rescale_exact(3).map(|n| n.to_string()).as_deref(),
        Some("1.500")
    );
    assert_eq!(d("1.55").rescale_exact(1), None);
    assert_eq!(d(&nines(38)).rescale(1).err(), Some(NumberError::Overflow));
    assert_eq!(d("1").rescale(39).err(), Some(NumberError::Scale(39)));
}

/// Numbers small enough that `i128` arithmetic on a common scale is an oracle.
#[test]
fn small_numbers_agree_with_integers_on_a_common_scale() {
    let mut state: u64 = 7;
    let mut next = |bound: i128| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        i128::from(state >> 20) % (2 * bound) - bound
    };
    for round in 0..20_000 {
        let (a, b) = (next(1_000_000_000), next(1_000_000_000));
        let (sa, sb) = (next(6).unsigned_abs() as u8, next(6).unsigned_abs() as u8);
        let (x, y) = (
            Decimal::new(a, sa).expect("fits"),
            Decimal::new(b, sb).expect("fits"),
        );
        let at = |n: i128, scale: u8| n * 10_i128.pow(12 - u32::from(scale));
        let (wide_a, wide_b) = (at(a, sa), at(b, sb));
        assert_eq!(x.cmp(&y), wide_a.cmp(&wide_b), "round {round}");
        let sum = x.add(y).expect("fits");
        assert_eq!(
            at(sum.unscaled(), sum.scale()),
            wide_a + wide_b,
            "round {round}"
        );
        let product = x.mul(y).expect("fits");
        assert_eq!(
            (product.unscaled(), product.scale()),
            (a * b, sa + sb),
            "round {round}"
        );
        if b != 0 {
            let quotient = x.div(y).expect("fits").expect("not zero");
            let expected = wide_a * 1_000_000_000 / wide_b;
            assert_eq!(quotient.unscaled(), expected, "round {round}");
        }
    }
}
