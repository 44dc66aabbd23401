//! What an observer is told of a run.

use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use fastdjango_core::backend::{Access, Direction, RunOptions, Unit};
use fastdjango_core::migration::Step;
use fastdjango_core::name::MigrationRef;
use fastdjango_tests::live;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// What the observer of the whole process wrote.
///
/// A place in the code that a thread without an observer comes by first may count as watched by nobody from then on
/// (<https://github.com/tokio-rs/tracing/issues/3611>): so this test has a process of its own.
static OBSERVED: LazyLock<Written> = LazyLock::new(|| {
    let written = Written::default();
    let observer = tracing_subscriber::fmt()
        .with_writer(written.clone())
        .with_span_events(FmtSpan::CLOSE)
        .with_max_level(Level::INFO)
        .without_time()
        .with_target(false)
        .finish();
    tracing::subscriber::set_global_default(observer).expect("the only one");
    written
});

/// What was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    /// The lines that are about a run.
    fn lines(&self, run: &str) -> Vec<String> {
        let bytes = self.0.lock().expect("no writer panicked");
        let text = String::from_utf8_lossy(&bytes);
        text.lines().filter(|line| line.contains(&format!("run_id={run}"))).map(str::to_owned).collect()
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Runs steps, and returns the spans that ended meanwhile, those within others first.
async fn spans(place: &live::Place, name: &str, steps: &[Step]) -> Vec<String> {
    let unit = Unit {
        migration: MigrationRef::new("blog", name),
        checksum: "checksum",
        text_hash: "text",
        steps,
        functions: &[],
        declared: &[],
        direction: Direction::Forward,
        requires: &[],
        excludes: &[],
        atomic: true,
        note: "",
    };
    let mut connection = place.open(Access::Write).await;
    let options = RunOptions::default();
    let observed = LazyLock::force(&OBSERVED);
    let _ = connection.run(&unit, &options, &mut |_| ()).await;
    // A driver's thread may hold a step's span, and with it the migration's, a moment longer. The step's line names
    // the outcome too, within the migration's name.
    while !observed.lines(&options.run_id).iter().any(|line| line.contains("outcome=") && !line.contains("step{")) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    observed.lines(&options.run_id)
}

#[tokio::test]
async fn each_migration_and_each_step_has_a_span() {
    for server in live::servers() {
        let place = server.database().await;
        let statements =
            ["CREATE TABLE post (id integer)", "INSERT INTO post VALUES (1), (2)", "INSERT INTO missing VALUES (1)"];
        let steps = statements.map(|sql| Step::Sql(sql.to_owned()));
        let told = spans(&place, "0001_a", &steps[..2]).await;
        assert_eq!(told.len(), 3, "{}: {told:#?}", server.name);
        for (line, said) in told.iter().zip(["step{number=1 of=2", "step{number=2 of=2 rows=2}", "outcome=\"done\""]) {
            assert!(line.contains("migration=blog.0001_a direction=\"forward\""), "{line}");
            assert!(line.contains(said), "{}: {line}", server.name);
        }
        let told = spans(&place, "0002_b", &steps[2..]).await;
        assert_eq!(told.len(), 2, "{}: {told:#?}", server.name);
        assert!(told[0].contains("step{number=1 of=1 error=") && told[0].contains("missing"), "{}", told[0]);
        assert!(told[1].contains("outcome=\"failed\" error=") && told[1].contains("missing"), "{}", told[1]);
    }
}
