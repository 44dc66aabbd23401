//! A server of a test's own, which the test may crash and start again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fastdjango_core::field::Engine;
use fastdjango_tests::live::Server;

/// A server that nobody else uses, and that keeps what it committed when its process ends.
pub(crate) struct Private {
    /// The script that made it, and that takes its data away.
    script: Child,
    /// The process of the server.
    process: Process,
    /// How tests reach it.
    pub(crate) server: Server,
}

/// A process: its number, and the child where it is one of ours.
struct Process {
    id: u32,
    child: Option<Child>,
    command: Vec<String>,
    /// User and group.
    owner: (u32, u32),
}

impl Private {
    /// Starts another server like the one that a variable names.
    pub(crate) fn like(name: &'static str) -> Self {
        let kind = name.trim_start_matches("FASTDJANGO_TEST_").trim_end_matches("_URL").to_lowercase();
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools/with-servers");
        let mut command = Command::new(tools);
        command.args(["--only", &kind, "--", "sh", "-c", &format!("echo \"${name}\"; cat >/dev/null")]);
        command.env_remove(name).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = command.spawn().expect("the script starts");
        let mut url = String::new();
        let mut output = BufReader::new(script.stdout.take().expect("its output"));
        output.read_line(&mut url).expect("the URL of the server");
        let url = url.trim();
        assert!(!url.is_empty(), "{kind}: no private server");
        let server = Server::of(name, url);
        let port = url.rsplit_once(':').and_then(|(_, rest)| rest.split('/').next()).expect("a port");
        let process = Process::child_of(script.id(), port);
        let mut private = Self { script, process, server };
        private.crash();
        private.process.command.extend(durable(private.server.engine()).map(str::to_owned));
        private.start();
        private
    }

    /// The server ends at once, and cleans nothing up.
    pub(crate) fn crash(&mut self) {
        // A `PostgreSQL` that is killed leaves its children: this is its own way to end like that.
        // https://www.postgresql.org/docs/current/server-shutdown.html
        let signal = if self.server.engine() == Engine::Postgres { "-QUIT" } else { "-KILL" };
        let killed = Command::new("kill").args([signal, &self.process.id.to_string()]).status().expect("kill");
        assert!(killed.success(), "the server was there");
        match &mut self.process.child {
            Some(child) => drop(child.wait().expect("the server ends")),
            None => {
                while is_running(self.process.id) {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        }
    }

    /// The same server on the same data.
    pub(crate) fn start(&mut self) {
        let Process { command, owner: (user, group), .. } = &self.process;
        let mut start = Command::new(&command[0]);
        start.args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) != *user) {
            start.uid(*user).gid(*group);
        }
        let child = start.spawn().expect("the server starts again");
        self.process.id = child.id();
        self.process.child = Some(child);
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if let Some(child) = &mut self.process.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

impl Process {
    /// The child of a process that listens on the port, by its command line.
    fn child_of(parent: u32, port: &str) -> Self {
        let entries = fs::read_dir("/proc").expect("the processes");
        let mut ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        let of = |id: u32| {
            let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let number = |key: &str| {
                status.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse::<u32>().ok()
            };
            let command = fs::read(format!("/proc/{id}/cmdline")).ok()?;
            let words = command.split(|byte| *byte == 0).filter(|word| !word.is_empty());
            let command: Vec<String> = words.map(|word| String::from_utf8_lossy(word).into_owned()).collect();
            let is_it =
                number("PPid:")? == parent && command.iter().any(|word| word.trim_start_matches("--port=") == port);
            is_it.then_some(Self { id, child: None, owner: (number("Uid:")?, number("Gid:")?), command })
        };
        ids.find_map(of).expect("the server is a child of the script")
    }
}

/// What the servers of the tests leave out to be quick, and what makes a commit outlive its process.
fn durable(engine: Engine) -> impl Iterator<Item = &'static str> {
    let options: &[&str] = match engine {
        Engine::Sqlite => &[],
        Engine::Postgres => &["-c", "synchronous_commit=on"],
        Engine::Mysql | Engine::Mariadb => &["--innodb-flush-log-at-trx-commit=1"],
    };
    options.iter().copied()
}

/// True for a process that is there and has not ended; one that nobody has waited for is a zombie.
fn is_running(id: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ")
}
