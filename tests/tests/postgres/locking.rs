//! Several migrators, sessions in the way, signals, and sessions that die.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use fastdjango_core::backend::{Connection, Direction, Interrupt, Outcome, Progress, RunOptions};
use fastdjango_core::error::ErrorKind;
use fastdjango_core::migration::Step;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::harness::{TestDb, each, options, sql, unit, until};

const SLEEP: &str = "SELECT pg_sleep(60)";

#[tokio::test(flavor = "multi_thread")]
async fn ten_migrators_apply_each_migration_once() {
    for db in each().await {
        let mut migrators = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let db = db.clone();
            migrators.spawn(async move {
                let mut done = 0;
                for i in 1..=3 {
                    let steps =
                        [sql(&format!("CREATE TABLE t{i} (id integer)")), sql(&format!("INSERT INTO t{i} VALUES (1)"))];
                    let outcome = db.apply(&format!("000{i}_t"), &steps).await.expect("no migrator fails");
                    done += i32::from(matches!(outcome, Outcome::Done { .. }));
                }
                done
            });
        }
        let done: i32 = migrators.join_all().await.iter().sum();
        assert_eq!(done, 3);
        assert_eq!(db.events().await, ["0001_t applied", "0002_t applied", "0003_t applied"]);
        assert_eq!(db.rows("SELECT count(*) FROM t3").await, ["1"]);
    }
}

/// A migration that holds the lock until its session is ended.
async fn holder(db: &TestDb) -> tokio::task::JoinHandle<fastdjango_core::error::Result<Outcome>> {
    let other = db.clone();
    let task =
        tokio::spawn(async move { other.apply("0001_a", &[sql("CREATE TABLE half (id int)"), sql(SLEEP)]).await });
    until(
        db,
        &format!("SELECT count(*) FROM pg_stat_activity WHERE query = '{SLEEP}' AND datname = current_database()"),
        "1",
    )
    .await;
    task
}

async fn kill(db: &TestDb) {
    let kill = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = '{SLEEP}' AND datname = current_database()"
    );
    db.execute(&kill).await;
}

#[tokio::test]
async fn who_holds_the_lock_is_waited_for_and_then_named() {
    for db in each().await {
        let task = holder(&db).await;
        let impatient = RunOptions { wait: Duration::from_millis(300), ..options() };
        let started = Instant::now();
        let mut waited = 0;
        let steps = [sql("SELECT 1")];
        let unit = unit("0001_a", &steps, Direction::Forward);
        let mut count = |progress| waited += i32::from(progress == Progress::Waiting);
        let error = db.open().await.run(&unit, &impatient, &mut count).await.expect_err("busy");
        assert_eq!((error.kind(), error.code(), waited), (ErrorKind::Locked, "E504", 1));
        assert!(started.elapsed() >= Duration::from_millis(300));
        let told = error.to_string();
        assert!(told.contains("the lock is held by process ") && told.contains("(fastdjango), user "), "{told}");
        assert!(told.contains("nothing was run"), "{told}");
        kill(&db).await;
        task.await.expect("the task ends").expect_err("its session was ended");
        db.run("0001_a", &steps, Direction::Forward, &impatient).await.expect("the lock is free");
    }
}

#[tokio::test]
async fn a_session_that_is_killed_leaves_nothing_behind() {
    for db in each().await {
        let task = holder(&db).await;
        kill(&db).await;
        let error = task.await.expect("the task ends").expect_err("its session was ended");
        assert_eq!(error.kind(), ErrorKind::Failed);
        let told = error.to_string();
        assert!(told.contains("terminating connection due to administrator command"), "{told}");
        assert!(told.contains("rolled back; nothing of this migration is in the database"), "{told}");
        assert_eq!(db.rows("SELECT to_regclass('half')::text").await, ["NULL"]);
        db.apply("0001_a", &[sql("CREATE TABLE half (id int)")]).await.expect("the next run finishes it");
        assert_eq!(db.events().await, ["0001_a applied"]);
    }
}

#[tokio::test]
async fn the_first_signal_finishes_the_step_and_rolls_back() {
    for db in each().await {
        let interrupt = Interrupt::default();
        let options = RunOptions { interrupt: interrupt.clone(), ..options() };
        let steps = [sql("CREATE TABLE a (id int)"), sql("CREATE TABLE b (id int)")];
        let unit = unit("0001_a", &steps, Direction::Forward);
        let mut finished = Vec::new();
        let mut signal = |progress| match progress {
            Progress::StepStarted { number: 1, .. } => interrupt.signal(),
            Progress::StepFinished { number, .. } => finished.push(number),
            _ => {}
        };
        let error = db.open().await.run(&unit, &options, &mut signal).await;
        // The signal may come too late to stop anything; then all of it is there.
        match error {
            Err(error) => {
                assert_eq!((error.kind(), error.code()), (ErrorKind::Interrupted, "E632"));
                assert_eq!(db.rows("SELECT to_regclass('a')::text").await, ["NULL"]);
            }
            Ok(_) => assert_eq!(finished, [1, 2]),
        }
    }
}

#[tokio::test]
async fn the_second_signal_cancels_the_statement() {
    for db in each().await {
        let interrupt = Interrupt::default();
        let options = RunOptions { interrupt: interrupt.clone(), ..options() };
        let steps = [sql("CREATE TABLE a (id int)"), sql(SLEEP)];
        let unit = unit("0001_a", &steps, Direction::Forward);
        let mut signal = |progress| {
            if matches!(progress, Progress::StepStarted { number: 2, .. }) {
                interrupt.signal();
                interrupt.signal();
            }
        };
        let started = Instant::now();
        let error = db.open().await.run(&unit, &options, &mut signal).await.expect_err("interrupted");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Interrupted, "E632"));
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        assert!(error.to_string().contains("rolled back"), "{error}");
        assert_eq!(db.rows("SELECT to_regclass('a')::text").await, ["NULL"]);
    }
}

#[tokio::test]
async fn a_signal_ends_the_wait_for_the_lock() {
    for db in each().await {
        let task = holder(&db).await;
        let interrupt = Interrupt::default();
        let options = RunOptions { interrupt: interrupt.clone(), ..options() };
        let steps = [sql("SELECT 1")];
        let unit = unit("0002_b", &steps, Direction::Forward);
        let mut signal = |progress| {
            if progress == Progress::Waiting {
                interrupt.signal();
            }
        };
        let error = db.open().await.run(&unit, &options, &mut signal).await.expect_err("interrupted");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Interrupted, "E632"));
        kill(&db).await;
        task.await.expect("the task ends").expect_err("its session was ended");
    }
}

#[tokio::test]
async fn a_dropped_future_does_not_split_a_migration() {
    for db in each().await {
        let steps = [sql("CREATE TABLE a (id int)"), sql("SELECT pg_sleep(1)"), sql("CREATE TABLE b (id int)")];
        {
            let mut connection = db.open().await;
            let unit = unit("0001_a", &steps, Direction::Forward);
            let options = options();
            let mut ignore = |_| ();
            let run = connection.run(&unit, &options, &mut ignore);
            assert!(tokio::time::timeout(Duration::from_millis(500), run).await.is_err(), "dropped in the middle");
        }
        assert_eq!(db.apply("0001_a", &steps).await.expect("the lock comes free"), Outcome::AlreadyDone);
        assert_eq!(db.rows("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')").await, ["2"]);
    }
}

/// Takes a lock of a table in a session of its own.
async fn table_lock(db: &TestDb) -> Connection {
    let mut other = db.open().await;
    other
        .execute("SET application_name = 'report'; BEGIN; LOCK TABLE post IN ACCESS SHARE MODE")
        .await
        .expect("a lock");
    other
}

#[tokio::test]
async fn a_lock_of_another_session_is_tried_for_and_then_named() {
    for db in each().await {
        db.execute("CREATE TABLE post (id int)").await;
        let other = table_lock(&db).await;
        let hasty = RunOptions { lock_timeout: Duration::from_millis(200), ..options() };
        let steps = [sql("CREATE TABLE a (id int)"), sql("ALTER TABLE post ADD COLUMN x text")];
        let error = db.run("0001_a", &steps, Direction::Forward, &hasty).await.expect_err("it is in use");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Failed, "E650"));
        let told = error.to_string();
        for part in [
            "step 2 of 2: a lock was not obtained: canceling statement due to lock timeout",
            "the whole transaction was tried 5 times",
            "(report), user ",
            "rolled back; nothing of this migration is in the database",
        ] {
            assert!(told.contains(part), "{told}");
        }
        other.close().await.expect("the other session ends");
        db.run("0001_a", &steps, Direction::Forward, &hasty).await.expect("the table is free");
    }
}

#[tokio::test]
async fn a_lock_that_comes_free_is_no_failure() {
    for db in each().await {
        db.execute("CREATE TABLE post (id int)").await;
        let other = table_lock(&db).await;
        let free = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(500)).await;
            other.close().await.expect("the other session ends");
        });
        let hasty = RunOptions { lock_timeout: Duration::from_millis(200), ..options() };
        let steps = [sql("INSERT INTO post VALUES (1)"), sql("ALTER TABLE post ADD COLUMN x text")];
        db.run("0001_a", &steps, Direction::Forward, &hasty).await.expect("tried again");
        free.await.expect("free");
        assert_eq!(db.rows("SELECT count(*) FROM post").await, ["1"]);
        assert_eq!(db.events().await, ["0001_a applied"]);
    }
}

/// A proxy that hands everything on, until the client commits: then it cuts the line, before or after the server hears of it.
async fn cut_at_commit(db: &TestDb, after: bool) -> TestDb {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let host = db.settings.host.as_deref().expect("a host").parse().expect("an address");
    let server = SocketAddr::new(host, db.settings.port.unwrap_or(5432));
    tokio::spawn(async move {
        let mut cut = false;
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(server).await.expect("the server");
            if cut {
                tokio::spawn(hand_on(client, server));
            } else {
                cut = until_commit(client, server, after).await;
            }
        }
    });
    let mut other = db.clone();
    other.settings.port = Some(port);
    other.settings.sslmode = Some("disable".to_owned());
    other
}

async fn hand_on(mut client: TcpStream, mut server: TcpStream) {
    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
}

async fn until_commit(mut client: TcpStream, mut server: TcpStream, after: bool) -> bool {
    let (mut asked, mut told) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(read @ 1..) = read else { return false };
                let commits = asked[..read].windows(7).any(|seven| seven == b"COMMIT\0");
                if commits && !after {
                    return true;
                }
                server.write_all(&asked[..read]).await.expect("the server listens");
                if commits {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    return true;
                }
            }
            read = server.read(&mut told) => {
                let Ok(read @ 1..) = read else { return false };
                client.write_all(&told[..read]).await.expect("the client listens");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_in_the_commit_is_asked_what_became_of_it() {
    for db in each().await {
        let steps = [sql("CREATE TABLE a (id int)")];
        let lost = cut_at_commit(&db, false).await;
        let error = lost.apply("0001_a", &steps).await.expect_err("the server never heard of it");
        assert_eq!(error.kind(), ErrorKind::Failed);
        assert!(error.to_string().contains("rolled back; nothing of this migration is in the database"), "{error}");
        assert_eq!(db.events().await, [""; 0]);
        let lost = cut_at_commit(&db, true).await;
        let done = lost.apply("0001_a", &steps).await.expect("the server had committed");
        assert!(matches!(done, Outcome::Done { .. }));
        assert_eq!(db.events().await, ["0001_a applied"]);
    }
}

#[tokio::test]
async fn a_commit_that_a_deferred_constraint_refuses_is_rolled_back() {
    for db in each().await {
        db.execute(
            "CREATE TABLE author (id int PRIMARY KEY); \
             CREATE TABLE post (author int REFERENCES author DEFERRABLE INITIALLY DEFERRED)",
        )
        .await;
        let error = db.apply("0001_a", &[sql("INSERT INTO post VALUES (1)")]).await.expect_err("no such author");
        let told = error.to_string();
        assert!(told.contains("violates foreign key constraint") && told.contains("rolled back"), "{told}");
        assert_eq!(db.events().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_verifying_query_stops_what_would_fail_later() {
    for db in each().await {
        db.execute("CREATE TABLE post (slug text); INSERT INTO post VALUES (NULL), ('x')").await;
        let steps = [
            Step::Verify {
                verify: "SELECT count(*) FROM post WHERE slug IS NULL".to_owned(),
                found: "rows of `post` have no `slug`".to_owned(),
            },
            sql("ALTER TABLE post ALTER COLUMN slug SET NOT NULL"),
        ];
        let error = db.apply("0001_a", &steps).await.expect_err("a row stands in the way");
        assert_eq!(error.code(), "E624");
        assert!(error.to_string().contains("step 1 of 2: 1 rows of `post` have no `slug`"), "{error}");
    }
}
