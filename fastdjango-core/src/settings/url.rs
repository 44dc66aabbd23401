//! Databases as URLs: `postgres://user:password@host:port/name?sslmode=require`, `sqlite://db.sqlite3`, `sqlite::memory:`.

use std::collections::BTreeMap;

use super::expand::percent_decode;
use super::{Database, Secret, sslmode};
use crate::diagnostic::Diagnostic;
use crate::field::Engine;

/// Reads what is to be a URL; a fault says where it stands, as in `what`, and holds no secret.
pub(super) fn read(what: &str, text: &str) -> Result<Database, Diagnostic> {
    let database = parse(text).map_err(|why| {
        let fault = Diagnostic::error("E406", format!("{what} is no URL of a database: {why}"));
        fault.help("write `sqlite://db.sqlite3` or `postgres://user:password@host:5432/name`")
    })?;
    if let Some((word, help)) = database.sslmode.as_ref().and_then(|w| Some((w, sslmode::fault(database.engine, w)?))) {
        return Err(Diagnostic::error("E404", format!("`sslmode` of {what} cannot be `{word}`")).help(help));
    }
    match database.options.iter().find(|(key, value)| is_of_encryption(key, value)) {
        Some((key, _)) => Err(Diagnostic::error("E404", format!("`{key}` of {what} is not known here"))
            .help("write `sslmode=verify-full`, and files as `sslrootcert=…`, `sslcert=…` and `sslkey=…`")),
        None => sslmode::pair(&database, what).map_or(Ok(database), Err),
    }
}

/// What other programs want to know is theirs; but who asks for encryption must not get less.
///
/// A key that is no word may be a piece of a password, and is never named.
fn is_of_encryption(key: &str, value: &str) -> bool {
    let key = key.to_ascii_lowercase();
    if !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return false;
    }
    // The driver binds no channel; where the certificate is verified nothing is lost by that.
    key.starts_with("ssl") || key.starts_with("tls") || (key == "channel_binding" && value == "require")
}

/// Reads where migrations connect instead of to a database of that engine.
pub(super) fn read_direct(what: &str, text: &str, engine: Engine) -> Result<Database, Diagnostic> {
    if engine == Engine::Sqlite {
        let message = format!("{what} is of servers alone, and the database is a file of SQLite");
        return Err(Diagnostic::error("E404", message).help("take it out: there is no pooler before a file"));
    }
    let direct = read(what, text)?;
    if direct.engine != engine {
        let message = format!("{what} leads to {}, and the database is on {}", direct.engine.title(), engine.title());
        return Err(Diagnostic::error("E404", message).help("name the same database, past its pooler"));
    }
    Ok(direct)
}

/// Reads a URL; an error is a message that holds nothing of the URL but its scheme.
///
/// A path after `sqlite://` is relative unless it begins with `/`, as sqlx has it: `sqlite:///var/db.sqlite3`.
fn parse(url: &str) -> Result<Database, String> {
    let (scheme, rest) = url.split_once(':').ok_or("it has no scheme, such as `postgres://`")?;
    // `postgresql+asyncpg://` names a driver of Python, which is none of ours.
    let engine = scheme.split('+').next().unwrap_or(scheme);
    let engine: Engine = engine.parse().map_err(|error: crate::field::UnknownEngine| error.to_string())?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut database = match (engine, rest.strip_prefix("//")) {
        (Engine::Sqlite, path) => file(path.unwrap_or(rest))?,
        (_, Some(rest)) => server(engine, rest)?,
        (_, None) => return Err(format!("`//` is missing after `{scheme}:`")),
    };
    for (key, value) in options(query)? {
        match key.as_str() {
            "sslmode" | "ssl-mode" => database.sslmode = Some(value),
            "user" => database.user = some(value),
            "password" => database.password = Some(Secret::new(value)),
            "sslrootcert" | "ssl-ca" => database.ca = Some(value.into()),
            "sslcert" | "ssl-cert" => database.cert = Some(value.into()),
            "sslkey" | "ssl-key" => database.key = Some(value.into()),
            _ => {
                database.options.insert(key, value);
            }
        }
    }
    Ok(database)
}

fn file(path: &str) -> Result<Database, String> {
    if path.is_empty() {
        return Err("it names no file".to_owned());
    }
    Ok(Database::new(Engine::Sqlite, decoded(path)?))
}

fn server(engine: Engine, rest: &str) -> Result<Database, String> {
    let (authority, name) = rest.split_once('/').unwrap_or((rest, ""));
    if name.is_empty() {
        return Err("it names no database after the host".to_owned());
    }
    let mut database = Database::new(engine, decoded(name)?);
    // The last `@`: an unescaped one in a password is a mistake that works everywhere else.
    let (login, address) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
    database.user = some(decoded(user)?);
    database.password = password.map(decoded).transpose()?.map(Secret::new);
    let (host, port) = split_port(address);
    database.host = some(decoded(host)?);
    database.port = match port {
        None | Some("") => None,
        Some(port) => Some(port.parse().map_err(|_| "its port is no number from 0 to 65535")?),
    };
    Ok(database)
}

/// Host and port; the colons of an IPv6 address stand in brackets.
fn split_port(address: &str) -> (&str, Option<&str>) {
    if let Some(rest) = address.strip_prefix('[')
        && let Some((host, tail)) = rest.split_once(']')
    {
        return (host, tail.strip_prefix(':'));
    }
    address.rsplit_once(':').map_or((address, None), |(host, port)| (host, Some(port)))
}

fn options(query: &str) -> Result<BTreeMap<String, String>, String> {
    let mut options = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        options.insert(decoded(key)?, decoded(value)?);
    }
    Ok(options)
}

fn decoded(part: &str) -> Result<String, String> {
    percent_decode(part).ok_or_else(|| "a `%` in it is no escape; write `%25` for the sign itself".to_owned())
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
