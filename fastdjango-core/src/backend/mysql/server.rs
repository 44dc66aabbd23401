//! Who answers: which of the two servers, and which version.

use crate::backend::Value;
use crate::backend::fault::{Attempt, Fault};
use crate::diagnostic::Diagnostic;
use crate::field::Engine;
use crate::settings::Database;

/// The oldest version of each that is spoken to: DDL that is whole or not at all, and checks that are kept.
///
/// <https://dev.mysql.com/doc/refman/8.0/en/atomic-ddl.html>, <https://mariadb.com/kb/en/atomic-ddl/>
const OLDEST: [(Engine, &str, [u32; 2]); 2] = [(Engine::Mysql, "MySQL", [8, 0]), (Engine::Mariadb, "MariaDB", [10, 6])];

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// Which of the two.
    pub(super) engine: Engine,
    /// Its version, such as `10.11.6`.
    pub(super) version: String,
}

impl Server {
    /// Reads what `VERSION()` says; refused where it is not what the settings say, or too old.
    pub(super) fn of(rows: &[Vec<Value>], database: &Database) -> Attempt<Self> {
        let said = rows.first().and_then(|row| row.first()).and_then(Value::text).unwrap_or_default();
        let server = Self::read(said);
        server.is_configured(database)?;
        server.is_new_enough()?;
        Ok(server)
    }

    /// `9.7.4-2`, `10.11.6-MariaDB-1:10.11.6+maria~deb12`; packagers add words of their own.
    fn read(said: &str) -> Self {
        let is_mariadb = said.to_ascii_lowercase().contains("mariadb");
        let version = said.split(|c: char| c != '.' && !c.is_ascii_digit()).next().unwrap_or_default();
        let engine = if is_mariadb { Engine::Mariadb } else { Engine::Mysql };
        Self { engine, version: version.trim_end_matches('.').to_owned() }
    }

    /// The name of the server in words.
    pub(super) fn name(&self) -> &'static str {
        OLDEST.iter().find(|(engine, ..)| *engine == self.engine).map_or("MySQL", |(_, name, _)| name)
    }

    fn is_configured(&self, database: &Database) -> Attempt<()> {
        if self.engine == database.engine {
            return Ok(());
        }
        let Self { engine, version } = self;
        let message = format!("the server is {} {version}, and the settings say `{}`", self.name(), database.engine);
        let diagnostic = Diagnostic::error("E510", message)
            .note("the two write some of their SQL differently, and a migration has a section for each")
            .help(format!("write `engine = \"{engine}\"` in fastdjango.toml, or begin the URL with `{engine}://`"));
        Err(Fault::refusal(diagnostic))
    }

    fn is_new_enough(&self) -> Attempt<()> {
        let numbers: Vec<u32> = self.version.split('.').map_while(|part| part.parse().ok()).collect();
        let oldest = OLDEST.iter().find(|(engine, ..)| *engine == self.engine).map_or([0, 0], |(.., oldest)| *oldest);
        if numbers.as_slice() >= oldest.as_slice() {
            return Ok(());
        }
        let (name, [major, minor]) = (self.name(), oldest);
        let message = format!("{name} {} is older than what fastdjango works on", self.version);
        let help = format!("upgrade the server to {name} {major}.{minor} or newer");
        Err(Fault::refusal(Diagnostic::error("E511", message).help(help)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(said: &str, engine: Engine) -> Option<&'static str> {
        let rows = [vec![Value::Text(said.to_owned())]];
        Server::of(&rows, &Database::new(engine, "blog")).err().map(|fault| fault.diagnostic.code)
    }

    #[test]
    fn servers_are_told_apart() {
        let mariadb = Server::read("10.11.6-MariaDB-1:10.11.6+maria~deb12");
        assert_eq!((mariadb.engine, mariadb.version.as_str()), (Engine::Mariadb, "10.11.6"));
        let mysql = Server::read("8.0.36-28.1 Percona");
        assert_eq!((mysql.engine, mysql.version.as_str()), (Engine::Mysql, "8.0.36"));
    }

    #[test]
    fn the_wrong_one_and_the_old_are_refused() {
        assert_eq!(code("9.7.4-2", Engine::Mysql), None);
        assert_eq!(code("8.0", Engine::Mysql), None);
        assert_eq!(code("11.4.2-MariaDB", Engine::Mariadb), None);
        assert_eq!(code("10.11.6-MariaDB", Engine::Mysql), Some("E510"));
        assert_eq!(code("9.7.4", Engine::Mariadb), Some("E510"));
        assert_eq!(code("5.7.44-log", Engine::Mysql), Some("E511"));
        assert_eq!(code("10.5.23-MariaDB", Engine::Mariadb), Some("E511"));
    }
}
