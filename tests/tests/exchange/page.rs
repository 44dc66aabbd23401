//! `docs/engine.md`: its files are written, its commands are run, and what they print is compared with the page.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("docs/engine.md")
}

/// A folder with `fastdjango` on the path, which is a program without a project of its own.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let program = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_shop"));
        fs::create_dir(dir.path().join("bin")).expect("a folder");
        let path = dir.path().join("bin/fastdjango");
        fs::write(&path, program).expect("a script");
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a program");
        Self(dir)
    }

    /// What the command prints, both streams as a terminal shows them.
    fn run(&self, command: &str) -> String {
        let path = format!("{}/bin:{}", self.0.path().display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(self.0.path())
            .env("PATH", path)
            .env("SHOP_DIR", self.0.path())
            .output()
            .expect("a shell");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.lines().map(|line| laid_out(line) + "\n").collect()
    }
}

/// A line of JSON as the page shows it: what fits on a line stays on it.
fn laid_out(line: &str) -> String {
    let mut text = String::new();
    if line.starts_with('{') {
        spread(line, 0, &mut text);
    } else {
        text.push_str(line.trim_end());
    }
    text
}

fn spread(value: &str, depth: usize, text: &mut String) {
    if value.len() + 2 * depth <= 110 || !value.starts_with(['{', '[']) {
        return text.push_str(value);
    }
    let pad = "  ".repeat(depth + 1);
    text.push_str(&value[..1]);
    for (place, item) in items(&value[1..value.len() - 1]).into_iter().enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        text.push_str(&pad);
        let key = if item.starts_with('"') { item.find("\":").map_or(0, |at| at + 2) } else { 0 };
        text.push_str(&item[..key]);
        if key > 0 {
            text.push(' ');
        }
        spread(&item[key..], depth + 1, text);
    }
    text.push('\n');
    text.push_str(&pad[2..]);
    text.push_str(&value[value.len() - 1..]);
}

/// What the commas of the outermost level part.
fn items(inner: &str) -> Vec<&str> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0, 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                items.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&inner[start..]);
    items
}

/// The page with the output that its commands have now.
fn rewritten(page: &str) -> String {
    let desk = Desk::new();
    let mut text = String::new();
    for (place, part) in page.split("```").enumerate() {
        if place % 2 == 0 {
            text.push_str(part);
            continue;
        }
        let (heading, body) = part.split_once('\n').expect("a block of several lines");
        if let Some(name) = heading.strip_prefix("json title=") {
            fs::write(desk.0.path().join(name), body).expect("a file");
        }
        let body = if heading == "console" { session(&desk, body) } else { body.to_owned() };
        let _ = write!(text, "```{heading}\n{body}```");
    }
    text
}

fn session(desk: &Desk, body: &str) -> String {
    let mut text = String::new();
    for command in body.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let _ = write!(text, "$ {command}\n{}", desk.run(command));
    }
    text
}

#[test]
#[cfg(unix)]
fn the_page_shows_what_the_commands_print() {
    let before = fs::read_to_string(page()).expect("the page");
    assert!(before.matches("```console").count() >= 5, "the page has no commands");
    let after = rewritten(&before);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(page(), after).expect("the page");
    } else {
        assert_eq!(before, after, "`UPDATE_EXPECT=1` writes what the commands print");
    }
}

#[test]
fn the_page_names_every_schema() {
    let page = fs::read_to_string(page()).expect("the page");
    for name in crate::schemas::schemas().keys() {
        assert!(page.contains(&format!("(schema/{name}.json)")), "the page says nothing of {name}.json");
    }
}
