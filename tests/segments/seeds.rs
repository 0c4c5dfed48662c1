//! Seeds of a run, and how to repeat it.

/// The seed that every run tries first.
const FIXED: u64 = 20_240_229;

/// The variable that replaces a run's seeds.
const VARIABLE: &str = "TAGMA_SEED";

/// A seed and how many questions to ask from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) seed: u64,
    pub(crate) questions: u64,
}

/// A fifth of the questions from a fixed seed, then all from a fresh one; all from `TAGMA_SEED`
/// alone where that is set.
pub(crate) fn runs(questions: u64) -> Vec<Run> {
    let given = std::env::var(VARIABLE).ok();
    if let Some(seed) = given.and_then(|text| text.parse().ok()) {
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

/// The command that asks the same questions again.
pub(crate) fn command(test: &str, seed: u64) -> String {
    format!("{VARIABLE}={seed} cargo test -p tagma-tests --test segments -- {test}")
}

/// Says how to repeat a run that panics: assertions deep inside do not know the seed.
pub(crate) struct Named(String);

impl Named {
    pub(crate) fn new(test: &str, seed: u64) -> Self {
        Self(command(test, seed))
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
