//! Property tests over all cores: each worker has a seed of its own, and shrinks what fails.

use std::ops::Range;

use fastdjango_tests::generate::Dice;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

/// Tries so many cases, or as many as `PROPTEST_CASES` says; the same ones everywhere, unless `FASTDJANGO_SEED` is set.
pub(crate) fn cases(cases: u32, rolls: Range<usize>, case: impl Fn(Dice) -> Result<(), String> + Sync) -> u32 {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let cases = number("PROPTEST_CASES").and_then(|n| u32::try_from(n).ok()).unwrap_or(cases);
    let seed = number("FASTDJANGO_SEED").unwrap_or(1);
    // The number of workers is part of the seeds, so it is the same on every machine.
    let workers = 8;
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (rolls, case) = (rolls.clone(), &case);
            scope.spawn(move || {
                let config = ProptestConfig {
                    cases: cases.div_ceil(workers),
                    rng_seed: RngSeed::Fixed(seed * 1_000 + u64::from(worker)),
                    failure_persistence: None,
                    max_shrink_time: 20_000,
                    ..ProptestConfig::default()
                };
                let strategy = proptest::collection::vec(any::<u16>(), rolls);
                let result =
                    TestRunner::new(config).run(&strategy, |rolls| case(Dice::new(rolls)).map_err(TestCaseError::fail));
                if let Err(why) = result {
                    let text = why.to_string();
                    let text = text.split("minimal failing input").next().unwrap_or_default();
                    panic!("FASTDJANGO_SEED={seed}, worker {worker}: {text}");
                }
            });
        }
    });
    cases
}
