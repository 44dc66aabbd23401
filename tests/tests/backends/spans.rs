//! What an observer is told of a run.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastdjango_core::backend::{Access, Direction, RunOptions, Unit};
use fastdjango_core::migration::Step;
use fastdjango_core::name::MigrationRef;
use fastdjango_tests::live;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// What was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().expect("no writer panicked");
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
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
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(written.clone())
        .with_span_events(FmtSpan::CLOSE)
        .with_max_level(Level::INFO)
        .without_time()
        .with_target(false)
        .finish();
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
    let guard = tracing::subscriber::set_default(subscriber);
    let options = RunOptions { run_id: "run".to_owned(), ..RunOptions::default() };
    let _ = connection.run(&unit, &options, &mut |_| ()).await;
    // A driver's thread may hold a step's span, and with it the migration's, a moment longer. The step's line names
    // the outcome too, within the migration's name.
    while !written.lines().iter().any(|line| line.contains("outcome=") && !line.contains("step{")) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(guard);
    written.lines().into_iter().filter(|line| line.contains("migration{")).collect()
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
            assert!(
                line.contains("migration=blog.0001_a direction=\"forward\"") && line.contains("run_id=run"),
                "{line}"
            );
            assert!(line.contains(said), "{}: {line}", server.name);
        }
        let told = spans(&place, "0002_b", &steps[2..]).await;
        assert_eq!(told.len(), 2, "{}: {told:#?}", server.name);
        assert!(told[0].contains("step{number=1 of=1 error=") && told[0].contains("missing"), "{}", told[0]);
        assert!(told[1].contains("outcome=\"failed\" error=") && told[1].contains("missing"), "{}", told[1]);
    }
}
