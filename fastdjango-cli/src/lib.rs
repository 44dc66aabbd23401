//! The command line of fastdjango.

/// Runs the command line.
#[must_use]
pub fn main(_manifest_dir: &str) -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
