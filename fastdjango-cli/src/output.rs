//! Where words go: what was asked for to stdout, everything else to stderr; colour only where it is wanted.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::args::{Color, Global};

/// A bold heading.
pub(crate) const STRONG: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What arrives.
pub(crate) const ADDED: Style = AnsiColor::Green.on_default();
/// What goes.
pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
/// What changes.
pub(crate) const CHANGED: Style = AnsiColor::Yellow.on_default();
/// What gets another name.
pub(crate) const RENAMED: Style = AnsiColor::Cyan.on_default();

/// Something that was asked for could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// True where something that was asked for could not be written: a full disk, say.
pub(crate) fn lost() -> bool {
    LOST.load(Ordering::SeqCst)
}

/// A reader that went away has read what it wanted.
fn written(result: io::Result<()>) {
    if result.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::SeqCst);
    }
}

/// The two streams and how much is said on them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    color: Color,
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        Self { color: global.color, json: global.json, quiet: global.quiet, verbose: global.verbose }
    }

    /// Prints what the command was asked for.
    pub(crate) fn result(self, text: &str) {
        let mut stdout = AutoStream::new(std::io::stdout().lock(), self.choice());
        written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()));
    }

    /// Prints what a person reads while or after the work is done; not with `--json` or `--quiet`.
    pub(crate) fn say(self, text: &str) {
        if !self.json && !self.quiet {
            self.result(text);
        }
    }

    /// Prints a remark or an error to stderr.
    pub(crate) fn remark(self, text: &str) {
        let mut stderr = AutoStream::new(std::io::stderr().lock(), self.choice());
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }

    /// True where a person sits at both ends.
    pub(crate) fn interactive(self) -> bool {
        !self.json && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// True where stderr shows colour.
    pub(crate) fn colored_errors(self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => AutoStream::choice(&std::io::stderr()) != ColorChoice::Never,
        }
    }

    fn choice(self) -> ColorChoice {
        match self.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
}

/// Prints a JSON document to stdout.
pub(crate) fn document(document: &serde_json::Value) {
    let mut stdout = std::io::stdout().lock();
    written(writeln!(stdout, "{document}").and_then(|()| stdout.flush()));
}

/// A text in a style; the streams take the style out again where no colour is wanted.
pub(crate) fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}
