//! The one error of the library: a kind for programs, diagnostics for people.

use std::fmt;

use crate::diagnostic::{Diagnostic, Diagnostics};

/// What kind of failure it was; the command line chooses its exit code by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The models, files, or settings are wrong; nothing was written or run.
    Invalid,
    /// The database or the file system refused.
    Failed,
    /// An answer or a confirmation is needed; nothing was written or run.
    Unanswered,
    /// Another migrator held the lock for too long.
    Locked,
    /// What happened is not known, or cannot be decided without a person.
    Unknown,
    /// A signal stopped the work between two steps.
    Interrupted,
}

/// Why a call failed: its kind, and one diagnostic or more.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    diagnostics: Diagnostics,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What every fallible function of the library returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure of `kind` that `diagnostics` explain.
    pub fn new(kind: ErrorKind, diagnostics: impl Into<Diagnostics>) -> Self {
        Self { kind, diagnostics: diagnostics.into(), source: None }
    }

    /// Models, files, or settings that are wrong.
    pub fn invalid(diagnostics: impl Into<Diagnostics>) -> Self {
        Self::new(ErrorKind::Invalid, diagnostics)
    }

    /// A refusal of the database or the file system.
    pub fn failed(diagnostics: impl Into<Diagnostics>) -> Self {
        Self::new(ErrorKind::Failed, diagnostics)
    }

    /// Keeps the error below, for programs that walk the chain.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The code of the first error, such as `E301`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.diagnostics.iter().map(|d| d.code).next().unwrap_or("E000")
    }

    /// Everything there is to say.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostics.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::invalid(diagnostic)
    }
}
