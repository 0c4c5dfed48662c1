//! Questions about people: asked one after the other over gRPC by a client with an open line.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Scale;
use super::customers::{self, Customer};
use super::machine::load_average;
use super::report::{Figure, Report, Target};
use super::subject::{Cluster, Subject};
use crate::demo::client::number;

/// Limit of A AND B AND NOT C at two million people.
const BOOLS_MS: f64 = 2.0;
/// People who are asked about one by one.
const ASKED: u64 = 50;

/// A question: spellings that mean the same, and who is in.
struct Question {
    what: &'static str,
    exprs: &'static [&'static str],
    holds: fn(&Customer) -> bool,
    target: Option<Target>,
}

const QUESTIONS: [Question; 3] = [
    Question {
        what: "count A AND B AND NOT C",
        exprs: &[
            "vip AND app AND NOT churned",
            "NOT churned AND app AND vip",
            "app AND NOT (churned OR NOT vip)",
        ],
        holds: |c| c.vip && c.app && !c.churned,
        target: Some(Target::AtMost(BOOLS_MS)),
    },
    Question {
        what: "count city IN (10) AND age range",
        exprs: &[
            "city IN ('city_003', 'city_010', 'city_017', 'city_024', 'city_031', 'city_038', \
             'city_045', 'city_052', 'city_059', 'city_066') AND age BETWEEN 25 AND 35",
            "age BETWEEN 25 AND 35 AND city IN ('city_066', 'city_059', 'city_052', 'city_045', \
             'city_038', 'city_031', 'city_024', 'city_017', 'city_010', 'city_003')",
        ],
        holds: |c| {
            let is_near = |city| (3..=66).contains(&city) && city % 7 == 3;
            c.city.is_some_and(is_near) && c.age.is_some_and(|age| (25..=35).contains(&age))
        },
        target: None,
    },
    Question {
        what: "count numeric range",
        exprs: &[
            "spend BETWEEN 1000 AND 2500",
            "spend >= 1000 AND spend <= 2500",
        ],
        holds: |c| (100_000..=250_000).contains(&c.spend),
        target: None,
    },
];

/// Loads the people, computes their tags, asks.
pub(crate) fn measure(subject: &Subject, scale: &Scale, report: &mut Report) -> Result<()> {
    println!("\n==> segment: {} people", scale.people);
    let cluster = subject.cluster()?;
    prepare(subject, &cluster, scale, report)?;
    for question in &QUESTIONS {
        question.measure(&cluster, scale, report)?;
    }
    contains(&cluster, scale, report)?;
    cluster.stop()
}

fn prepare(subject: &Subject, cluster: &Cluster, scale: &Scale, report: &mut Report) -> Result<()> {
    let (people, tags) = (subject.file("customers.csv"), subject.file("tags.yaml"));
    customers::write(&people, scale.people, scale.seed)?;
    customers::write_tags(&tags)?;
    let path = people.to_str().context("the folder is not UTF-8")?;
    let load: Vec<&str> = ["load", path]
        .iter()
        .chain(customers::LOAD)
        .copied()
        .collect();
    let started = Instant::now();
    let answer = cluster.client.ask_quietly(&load)?;
    let rate = scale.people as f64 / started.elapsed().as_secs_f64();
    let created = number(&answer, &["loads", "0", "created"])?;
    ensure!(created == scale.people, "{created} people were created");
    report.add(Figure::new(
        "load people, 7 columns, CSV",
        rate,
        "rows/s, once",
    ));
    std::fs::remove_file(&people)?;
    let tags = tags.to_str().context("the folder is not UTF-8")?;
    cluster.client.ask_quietly(&["apply", "-f", tags])?;
    let started = Instant::now();
    cluster.client.ask_quietly(&["tag", "run"])?;
    let seconds = started.elapsed().as_secs_f64();
    report.add(Figure::new("run 6 tags by SQL", seconds, "s, once"));
    Ok(())
}

impl Question {
    fn measure(&self, cluster: &Cluster, scale: &Scale, report: &mut Report) -> Result<()> {
        let calls = scale.calls.to_string();
        let mut command = vec!["bench", "count", "--calls", &calls];
        command.extend(self.exprs);
        let answer = cluster.client.ask_quietly(&command)?;
        let people = (1..=scale.people).map(|number| Customer::new(scale.seed, number));
        let expected = people.filter(|customer| (self.holds)(customer)).count() as u64;
        let count = number(&answer, &["count"])?;
        ensure!(
            count == expected,
            "{}: {count} people where the generator made {expected}",
            self.what
        );
        let figure = latency(self.what, &answer, scale.calls)?
            .beside("people", count as f64)
            .beside(
                "p50 ms inside the server",
                milliseconds(&answer, "server_p50_ms")?,
            );
        report.add(match self.target {
            Some(target) => figure.target(target),
            None => figure,
        });
        Ok(())
    }
}

fn contains(cluster: &Cluster, scale: &Scale, report: &mut Report) -> Result<()> {
    let calls = scale.calls.to_string();
    let Question { exprs, holds, .. } = &QUESTIONS[0];
    let asked = || (1..=scale.people).step_by((scale.people / ASKED).max(1) as usize);
    let people: Vec<String> = asked()
        .map(|number| format!("crm_id:C{number:09}"))
        .collect();
    let mut command = vec!["bench", "contains", exprs[0], "--calls", &calls];
    for person in &people {
        command.extend(["--person", person]);
    }
    let answer = cluster.client.ask_quietly(&command)?;
    let expected: Vec<bool> = asked()
        .map(|number| holds(&Customer::new(scale.seed, number)))
        .collect();
    ensure!(
        answer["contains"] == Value::from(expected),
        "contains: people are in that the generator did not put in, or the other way round"
    );
    let what = "is one person in A AND B AND NOT C";
    report.add(latency(what, &answer, scale.calls)?);
    Ok(())
}

fn latency(what: &str, answer: &Value, calls: u32) -> Result<Figure> {
    let p50 = milliseconds(answer, "p50_ms")?;
    let mut figure = Figure::new(what, p50, format!("ms, p50 of {calls}"))
        .beside("p99 ms", milliseconds(answer, "p99_ms")?)
        .beside("max ms", milliseconds(answer, "max_ms")?);
    if let Some(load) = load_average() {
        figure = figure.beside("load average", load);
    }
    Ok(figure)
}

fn milliseconds(answer: &Value, field: &str) -> Result<f64> {
    let value = answer[field].as_f64();
    value.with_context(|| format!("no `{field}` in {answer}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_splits_the_people() {
        for question in &QUESTIONS {
            let people = (1..=20_000).map(|number| Customer::new(7, number));
            let inside = people.filter(|customer| (question.holds)(customer)).count();
            assert!(
                (100..19_900).contains(&inside),
                "{}: {inside}",
                question.what
            );
        }
    }

    #[test]
    fn the_cities_of_the_expression_are_those_of_the_predicate() {
        let (expr, holds) = (QUESTIONS[1].exprs[0], QUESTIONS[1].holds);
        for city in 0..300 {
            let mut customer = Customer::new(7, 1);
            (customer.city, customer.age) = (Some(city), Some(30));
            let is_named = expr.contains(&customers::city(city));
            assert_eq!(holds(&customer), is_named, "{city}");
        }
    }
}
