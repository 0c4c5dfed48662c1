//! Seeds of a run, and how to repeat it.

/// The seed that every run tries first.
const FIXED: u64 = 20_240_229;

/// The variable that replaces a run's seeds.
const VARIABLE: &str = "TAGMA_SEED";

/// A seed and how many questions to ask from it.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Where it starts.
    pub seed: u64,
    /// How many.
    pub questions: u64,
}

/// A fifth of the questions from a fixed seed, then all from a fresh one; all from `TAGMA_SEED`
/// alone where that is set.
pub fn runs(questions: u64) -> Vec<Run> {
    if let Some(seed) = given() {
        return vec![Run { seed, questions }];
    }
    let fixed = Run {
        seed: FIXED,
        questions: questions / 5,
    };
    let fresh = Run {
        seed: rand::random(),
        questions,
    };
    vec![fixed, fresh]
}

/// A fresh seed, or `TAGMA_SEED`.
pub fn fresh_seed() -> u64 {
    given().unwrap_or_else(rand::random)
}

fn given() -> Option<u64> {
    std::env::var(VARIABLE).ok()?.parse().ok()
}

/// The command that asks the same questions again: test `test` of test binary `binary`.
pub fn command(binary: &str, test: &str, seed: u64) -> String {
    format!("{VARIABLE}={seed} cargo test -p tagma-tests --test {binary} -- {test}")
}

/// Says how to repeat a run that panics: assertions deep inside do not know the seed.
#[derive(Debug)]
pub struct Named(String);

impl Named {
    /// Says `command` if this thread panics before it is dropped.
    pub fn new(command: String) -> Self {
        Self(command)
    }
}

impl Drop for Named {
    #[allow(
        clippy::print_stderr,
        reason = "the only way to add to a panic's message"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("repeat with: {}", self.0);
        }
    }
}
