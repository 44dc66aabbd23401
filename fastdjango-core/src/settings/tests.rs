//! Settings as they are read, and each refusal.

use std::path::Path;

use insta::assert_snapshot;

use super::{Naming, Secret, Settings, shape};
use crate::diagnostic::Diagnostics;
use crate::field::Engine;

fn env(name: &str) -> Option<String> {
    match name {
        "PASSWORD" => Some("hu nter/2@:%".to_owned()),
        "HOST" => Some("db.example.com".to_owned()),
        _ => None,
    }
}

fn read(text: &str) -> Result<Settings, Diagnostics> {
    Settings::parse(text, "fastdjango.toml", Path::new("/project"), &env)
}

fn described(text: &str) -> String {
    read(text).unwrap().database("default").unwrap().describe()
}

fn faults(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn without_a_file_it_is_sqlite_in_the_project() {
    let settings = Settings::without_file(Path::new("/project"), &env).unwrap();
    let database = settings.database("default").unwrap();
    assert_eq!(database.describe(), "sqlite, db.sqlite3");
    assert_eq!(database.file.as_deref(), Some(Path::new("/project/db.sqlite3")));
    assert_eq!(settings.migrations.render, [Engine::Sqlite].into());
    assert_eq!(Settings::default().databases["default"].describe(), "sqlite, db.sqlite3");
}

#[test]
fn keys_and_a_url_say_the_same() {
    let keys = "[databases.default]\nengine = 'asyncpg'\nname = 'blog'\nuser = 'me'\npassword = '${PASSWORD}'\n\
                host = '${HOST}'\nport = 5433\nsslmode = 'require'\nca = 'ca.pem'";
    let url = "[databases.default]\nurl = \
               'postgresql+asyncpg://me:${PASSWORD}@${HOST}:5433/blog?sslmode=require&sslrootcert=ca.pem'";
    let python = "[DATABASES.default]\nENGINE = 'django.db.backends.postgresql'\nNAME = 'blog'\nUSER = 'me'\n\
                  PASSWORD = '${PASSWORD}'\nHOST = '${HOST}'\nPORT = '5433'\nSSLMODE = 'require'\nCA = 'ca.pem'";
    let settings = read(keys).unwrap();
    assert_eq!(settings, read(url).unwrap());
    assert_eq!(settings, read(python).unwrap());
    let database = settings.database("default").unwrap();
    assert_eq!(database.describe(), "postgres, blog at db.example.com:5433");
    assert_eq!(database.password.as_ref().map(Secret::reveal), Some("hu nter/2@:%"));
    assert_eq!(database.ca.as_deref(), Some(Path::new("/project/ca.pem")));
}

#[test]
fn sqlite_urls_are_those_of_sqlx() {
    let file = |url: &str| {
        let settings = read(&format!("[databases.default]\nurl = '{url}'")).unwrap();
        settings.databases["default"].file.as_ref().map(|file| file.display().to_string())
    };
    assert_eq!(file("sqlite://data/db.sqlite3?mode=rwc").as_deref(), Some("/project/data/db.sqlite3"));
    assert_eq!(file("sqlite:db%20x.sqlite3").as_deref(), Some("/project/db x.sqlite3"));
    assert_eq!(file("sqlite:///var/db.sqlite3").as_deref(), Some("/var/db.sqlite3"));
    assert_eq!(file("sqlite::memory:"), None);
    assert_eq!(file("sqlite://:memory:"), None);
}

#[test]
fn the_environment_overrides_the_default_database() {
    let env = |name: &str| (name == "DATABASE_URL").then(|| "mysql://root@[::1]:3307/shop".to_owned());
    let text = "[databases.default]\nengine = 'sqlite'\nname = 'a'\n[databases.other]\nengine = 'sqlite'\nname = 'b'";
    let settings = Settings::parse(text, "fastdjango.toml", Path::new(""), &env).unwrap();
    assert_eq!(settings.database("default").unwrap().describe(), "mysql, shop at ::1:3307");
    assert_eq!(settings.migrations.render, [Engine::Sqlite, Engine::Mysql].into());
    let bad = |_: &str| Some("postgres://me:hunter2@host:port/blog".to_owned());
    assert_snapshot!(Settings::parse("", "fastdjango.toml", Path::new(""), &bad).unwrap_err(), @r#"
    error[E406]: `DATABASE_URL` is no URL of a database: its port is no number from 0 to 65535
       = help: write `sqlite://db.sqlite3` or `postgres://user:password@host:5432/name`
    "#);
}

#[test]
fn migrations_have_settings_of_their_own() {
    let text = "[migrations]\nnaming = 'timestamp'\nrender = ['postgres']\ntarget = { postgres = '15' }";
    let migrations = read(text).unwrap().migrations;
    assert_eq!(migrations.naming, Naming::Timestamp);
    assert_eq!(migrations.render, [Engine::Postgres].into());
    assert_eq!(migrations.target[&Engine::Postgres].to_string(), "15");
}

#[test]
fn a_target_is_a_version_that_is_rendered_for() {
    let target = |text: &str, engine| {
        let settings = read(&format!("[migrations]\ntarget = {{ {text} }}")).unwrap();
        settings.target(engine).to_string()
    };
    assert_eq!(target("postgres = '18'", Engine::Postgres), "18");
    assert_eq!(target("mysql = '8.0'", Engine::Mysql), "8.0.17", "the first 8.0 that is rendered for");
    assert_eq!(Engine::ALL.map(|engine| target("", engine)), ["3.40", "15", "8.0.17", "10.11"]);
    let wrong = "[migrations]\nrender = ['postgres', 'mysql', 'mariadb']\n[migrations.target]\npostgres = '9.6'\n\
                 mysql = '8.0.16'\nmariadb = '12.1'\nsqlite = '3.40'";
    assert_snapshot!(faults(wrong), @r#"
    error[E404]: MariaDB 12.1 is not known here: the newest is 11
      --> fastdjango.toml:6:11
       = help: write a version from `"10.6"` to 11.x, or leave it out for `"10.11"`; a newer server runs it as well
    error[E404]: no SQL is rendered for MySQL 8.0.16: the oldest is 8.0.17
      --> fastdjango.toml:5:9
       = help: write a version from `"8.0.17"` to 9.x, or leave it out for `"8.0.17"`; a newer server runs it as well
    error[E404]: no SQL is rendered for PostgreSQL 9.6: the oldest is 12
      --> fastdjango.toml:4:12
       = help: write a version from `"12"` to 18, or leave it out for `"15"`; a newer server runs it as well
    error[E404]: `target` names sqlite, for which nothing is rendered
      --> fastdjango.toml:7:1
       = help: take it out, or add it to `render`; what is rendered: postgres, mysql, mariadb
    "#);
    let by_databases = "[databases.default]\nengine = 'sqlite'\nname = 'x'\n[migrations]\ntarget = { mysql = '8.4' }";
    assert_snapshot!(faults(by_databases), @r"
    error[E404]: `target` names mysql, for which nothing is rendered
      --> fastdjango.toml:5:12
       = help: take it out, or add it to `render`; what is rendered: sqlite
    ");
    let unset = "[databases.default]\nurl = '${URL_OF_NOBODY}'\n[migrations]\ntarget = { mysql = '8.4' }";
    assert!(read(unset).is_ok(), "what the database is, another environment says");
}

#[test]
fn a_dollar_may_be_meant() {
    assert_eq!(
        described("[databases.default]\nengine = 'sqlite'\nname = 'a$b$${HOST}${HOST}'"),
        "sqlite, a$b${HOST}db.example.com"
    );
}

#[test]
fn passwords_are_never_printed() {
    let text = "[databases.default]\nurl = 'postgres://me:hunter2@host/blog'";
    let settings = read(text).unwrap();
    let printed = format!("{settings:?} {}", serde_json::to_string(&settings).unwrap());
    assert!(printed.contains("***") && !printed.contains("hunter2"), "{printed}");
    for broken in [
        "url = 'postgres://me:hunter2@host:99999/blog'",
        "url = 'hunter2'",
        "url = 'postgres://me:hunter2%zz@host/blog'",
        "url = 'postgres://me:hunter2@host'",
        "password = ['hunter2']",
        "password = 'hunter2",
        "password = 'hunter2${'",
        "pasword = 'hunter2'",
        "engine = 'postgres://me:hunter2@host/blog'",
    ] {
        let told = faults(&format!("[databases.default]\nname = 'blog'\n{broken}"));
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_missing_variable_stops_only_who_uses_the_database() {
    let text = "[databases.default]\nengine = 'sqlite'\nname = 'a'\n[databases.prod]\nengine = 'postgres'\nname = '${NO}'\n\
                password = '${NO_PASSWORD}'\n[databases.url]\nurl = 'mysql://${NO}@host/x'\n[databases.all]\nurl = '${URL}'";
    let settings = read(text).unwrap();
    assert_eq!(settings.database("default").unwrap().describe(), "sqlite, a");
    assert_eq!(settings.migrations.render, [Engine::Sqlite, Engine::Postgres, Engine::Mysql].into());
    assert_snapshot!(settings.database("prod").unwrap_err(), @r#"
    error[E405]: the environment has no variable `NO`
      --> fastdjango.toml:6:8
       = help: set it, or choose another database by `--database`
    error[E405]: the environment has no variable `NO_PASSWORD`
      --> fastdjango.toml:7:12
       = help: set it, or choose another database by `--database`
    "#);
    assert!(settings.database("url").is_err() && settings.database("all").is_err());
    let env = |name: &str| (name == "DATABASE_URL").then(|| "sqlite::memory:".to_owned());
    let overridden = Settings::parse("[databases.default]\nurl = '${URL}'", "", Path::new(""), &env).unwrap();
    assert_eq!(overridden.database("default").unwrap().describe(), "sqlite, :memory:");
}

#[test]
fn an_sslmode_of_mysql_is_its_own_or_what_postgres_says() {
    for word in ["REQUIRED", "verify_identity", "verify-ca", "disable", "verify-full"] {
        let text = format!("[databases.default]\nengine = 'mariadb'\nname = 'x'\nsslmode = '{word}'");
        let settings = Settings::parse(&text, "fastdjango.toml", Path::new(""), &|_: &str| None);
        assert_eq!(settings.expect("a word of either").databases["default"].sslmode.as_deref(), Some(word));
    }
    let told = faults("[databases.default]\nurl = 'mysql://host/blog?ssl-mode=REQUIERD'");
    assert!(told.contains("`sslmode` of `url` cannot be `REQUIERD`") && told.contains("write `REQUIRED`"), "{told}");
}

#[test]
fn a_wrong_sslmode_is_no_weaker_one() {
    assert_snapshot!(faults("[databases.default]\nengine = 'postgres'\nname = 'x'\nsslmode = 'verify_full'"), @r#"
    error[E404]: `sslmode` cannot be `verify_full`
      --> fastdjango.toml:4:11
       = help: write `verify-full`
    "#);
    assert_snapshot!(faults("[databases.default]\nurl = 'postgres://me:hunter2@host/blog?sslmode=off'"), @r#"
    error[E404]: `sslmode` of `url` cannot be `off`
      --> fastdjango.toml:2:7
       = help: one of disable, allow, prefer, require, verify-ca, verify-full
    "#);
    let bad = |_: &str| Some("postgres://me:hunter2@host/blog?sslmode=requires".to_owned());
    assert_snapshot!(Settings::parse("", "fastdjango.toml", Path::new(""), &bad).unwrap_err(), @r#"
    error[E404]: `sslmode` of `DATABASE_URL` cannot be `requires`
       = help: write `require`
    "#);
    assert_eq!(
        described("[databases.default]\nurl = 'postgres://host/blog?sslmode=verify-ca'"),
        "postgres, blog at host"
    );
}

#[test]
fn all_faults_are_told() {
    let shape = "[databases.default]\nengin = 'sqlite'\nname = 3\n[migration]\n[migrations]\nnaming = 'sequentail'\n\
                 render = ['oracle']\ntarget = { postgress = '15' }";
    assert_snapshot!(faults(shape), @r#"
    error[E402]: unknown key `engin` in a database
      --> fastdjango.toml:2:1
       = help: write `engine`
    error[E404]: `name` must be a string, not a whole number
      --> fastdjango.toml:3:8
    error[E402]: unknown key `migration` in the settings
      --> fastdjango.toml:4:2
       = help: write `migrations`
    error[E404]: `naming` cannot be `sequentail`
      --> fastdjango.toml:6:10
       = help: write `sequential`
    error[E404]: `render` cannot be `oracle`
      --> fastdjango.toml:7:11
       = help: one of sqlite, postgres, mysql, mariadb
    error[E402]: unknown key `postgress` in `target`
      --> fastdjango.toml:8:12
       = help: write `postgres`
    "#);
    let values = "[databases.a]\nengine = 'postgress'\nname = 'x'\nport = 70000\n[databases.b]\nname = '${NO}'\n\
                  [databases.c]\nurl = 'oracle://x'\nname = 'y'\n[databases.d]\nurl = '${OPEN'\n[databases.e]\nengine = 'mysql'\n\
                  name = 'x'\nport = '70000'\n[migrations.target]\nsqlite = '3.x'";
    assert_snapshot!(faults(values), @r#"
    error[E404]: unknown engine `postgress`
      --> fastdjango.toml:2:10
       = help: write `postgres`
    error[E404]: `port` must be a whole number from 0 to 65535
      --> fastdjango.toml:4:8
       = help: leave it out for the usual port
    error[E403]: `engine` is missing in the database `b`
      --> fastdjango.toml:5:12
       = help: add `engine = …`, or all of it as `url = …`
    error[E404]: `name` and `url` are both there
      --> fastdjango.toml:9:1
       = help: put it into the URL, or take the URL out
    error[E406]: `url` is no URL of a database: unknown engine `oracle`; the engines are sqlite, postgres, mysql and mariadb
      --> fastdjango.toml:8:7
       = help: write `sqlite://db.sqlite3` or `postgres://user:password@host:5432/name`
    error[E404]: `${` without its `}`
      --> fastdjango.toml:11:7
       = help: close it, or write `$${` where `${` itself is meant
    error[E404]: `port` must be a whole number from 0 to 65535
      --> fastdjango.toml:15:8
       = help: leave it out for the usual port
    error[E404]: the target of `sqlite` is no version
      --> fastdjango.toml:17:10
       = help: write a version from `"3.38"` to 3.x, or leave it out for `"3.40"`; a newer server runs it as well
    "#);
    assert_snapshot!(faults("[databases.default]\nname = 'a'\nNAME = 'b'"), @r#"
    error[E404]: `name` is there twice, in lower and in upper case
      --> fastdjango.toml:2:1
       = help: remove one of them
    "#);
    assert_snapshot!(read("").unwrap().database("defualt").unwrap_err(), @r#"
    error[E407]: there is no database `defualt` in the settings
       = help: did you mean `default`?
    "#);
    assert_snapshot!(read("").unwrap().database("replica").unwrap_err(), @r#"
    error[E407]: there is no database `replica` in the settings
       = help: the databases are default; add `[databases.replica]`
    "#);
}

#[test]
fn migrations_connect_elsewhere_where_the_settings_say_so() {
    let text = "[databases.default]\nurl = 'postgres://app@pool:6432/shop'\n\
                migration_url = 'postgres://me:${PASSWORD}@${HOST}/shop'\nrole = 'owner'";
    let settings = read(text).unwrap();
    let database = settings.database("default").unwrap();
    assert_eq!(database.describe(), "postgres, shop at pool:6432");
    let direct = database.for_migrations();
    assert_eq!(direct.describe(), "postgres, shop at db.example.com");
    assert_eq!(direct.password.as_ref().map(Secret::reveal), Some("hu nter/2@:%"));
    assert_eq!(direct.role.as_deref(), Some("owner"));
    let keys = "[databases.default]\nengine = 'mysql'\nname = 'shop'\nmigration_url = ''";
    assert_eq!(read(keys).unwrap().database("default").unwrap().for_migrations().describe(), "mysql, shop");
}

#[test]
fn the_environment_says_where_migrations_connect() {
    let both = |name: &str| match name {
        "DATABASE_URL" => Some("mysql://pool/shop".to_owned()),
        "DATABASE_MIGRATION_URL" => Some("mysql://server/shop".to_owned()),
        _ => None,
    };
    let file = "[databases.default]\nurl = 'postgres://pool/shop'\nmigration_url = 'postgres://production/shop'";
    let parse = |env: &dyn Fn(&str) -> Option<String>| Settings::parse(file, "fastdjango.toml", Path::new(""), env);
    let direct = |settings: Settings| settings.database("default").unwrap().for_migrations().describe();
    assert_eq!(direct(parse(&both).unwrap()), "mysql, shop at server");
    // Whoever names another database does not mean the server that the file names.
    let one = |name: &str| (name == "DATABASE_URL").then(|| "mysql://test/shop".to_owned());
    assert_eq!(direct(parse(&one).unwrap()), "mysql, shop at test");
    let other = |name: &str| (name == "DATABASE_MIGRATION_URL").then(|| "postgres://server/shop".to_owned());
    assert_eq!(direct(parse(&other).unwrap()), "postgres, shop at server");
}

#[test]
fn a_way_past_a_pooler_leads_to_the_same_kind_of_server() {
    let text = "[databases.default]\nurl = 'postgres://pool/shop'\nmigration_url = 'mysql://me:hunter2@server/shop'\n\
                [databases.file]\nengine = 'sqlite'\nname = 'a'\nmigration_url = 'postgres://server/shop'\nrole = 'owner'\n\
                [databases.broken]\nurl = 'postgres://pool/shop'\nmigration_url = 'postgres://me:hunter2@server:x/shop'";
    assert_snapshot!(faults(text), @r#"
    error[E406]: `migration_url` is no URL of a database: its port is no number from 0 to 65535
      --> fastdjango.toml:11:17
       = help: write `sqlite://db.sqlite3` or `postgres://user:password@host:5432/name`
    error[E404]: `migration_url` leads to MySQL, and the database is on PostgreSQL
      --> fastdjango.toml:3:17
       = help: name the same database, past its pooler
    error[E404]: `role` is of PostgreSQL alone, and this is SQLite
      --> fastdjango.toml:8:8
       = help: take it out, and grant the user what migrations need
    error[E404]: `migration_url` is of servers alone, and the database is a file of SQLite
      --> fastdjango.toml:7:17
       = help: take it out: there is no pooler before a file
    "#);
}

#[test]
fn who_asks_for_encryption_does_not_get_less() {
    let told = |query: &str| faults(&format!("[databases.default]\nurl = 'postgres://host/shop?{query}'"));
    for query in ["ssl_mode=verify-full", "sslMode=require", "ssl=true", "tls=1", "channel_binding=require"] {
        let key = query.split('=').next().unwrap();
        assert!(told(query).contains(&format!("error[E404]: `{key}` of `url` is not known here")), "{}", told(query));
    }
    assert_snapshot!(told("sslcert=me.pem"), @r#"
    error[E404]: `url` names our certificate, and not its private key
      --> fastdjango.toml:2:7
       = help: name both: `cert` and `key` in the settings, `sslcert` and `sslkey` in a URL
    "#);
    assert_snapshot!(faults("[databases.default]\nengine = 'mysql'\nname = 'shop'\nkey = 'me.key'"), @r#"
    error[E404]: the database `default` names our private key, and not its certificate
      --> fastdjango.toml:1:12
       = help: name both: `cert` and `key` in the settings, `sslcert` and `sslkey` in a URL
    "#);
    let other = read(
        "[databases.default]\nurl = 'postgres://host/shop?pgbouncer=true&channel_binding=prefer&sslcert=a&sslkey=b'",
    );
    let other = other.unwrap().database("default").unwrap().clone();
    assert_eq!(other.key.as_deref(), Some(Path::new("/project/b")));
}

fn one(settings: &Settings, name: &str) -> String {
    let (_, many, own) = settings.one_of_many(name).unwrap().unwrap();
    many.database(own).for_migrations().describe()
}

#[test]
fn an_entry_stands_for_many() {
    let text = "[databases.files]\nengine = 'sqlite'\nname = 'tenants/*.sqlite3'\n\
                [databases.listed]\nengine = 'sqlite'\nnames = ['a.sqlite3', 'b.sqlite3']\n\
                [databases.shops]\nurl = 'postgres://me:${PASSWORD}@pool/shop_*'\nnames_from = 'shops.txt'\n\
                migration_url = 'postgres://me@${HOST}/shop_*'\n\
                [databases.schemas]\nurl = 'postgres://me@pool/shop'\nschemas = ['one']\nmigration_url = 'postgres://server/shop'";
    let settings = read(text).unwrap();
    assert_eq!(one(&settings, "files/acme"), "sqlite, tenants/acme.sqlite3");
    assert_eq!(one(&settings, "listed/b.sqlite3"), "sqlite, b.sqlite3");
    assert_eq!(one(&settings, "shops/acme"), "postgres, shop_acme at db.example.com");
    assert_eq!(one(&settings, "schemas/one"), "postgres, shop at server, schema one");
    assert_eq!(settings.many["shops"].database("acme").describe(), "postgres, shop_acme at pool");
    assert_eq!(
        settings.many["files"].database("acme").file.as_deref(),
        Some(Path::new("/project/tenants/acme.sqlite3"))
    );
    assert!(settings.many["files"].is_found() && !settings.many["shops"].is_found());
    assert_eq!(settings.entries().collect::<Vec<_>>(), ["files", "listed", "schemas", "shops"]);
    assert_eq!(settings.migrations.render, [Engine::Sqlite, Engine::Postgres].into());
    assert!(!format!("{settings:?}").contains("hu nter"));
    let unset = read("[databases.shops]\nurl = 'postgres://me:${NO}@pool/shop_*'\nnames = ['one']").unwrap();
    assert!(unset.one_of_many("shops/one").unwrap_err().to_string().contains("E405"));
}

#[test]
fn an_entry_that_says_half_of_it_stands_for_nothing() {
    let text = "[databases.a]\nengine = 'sqlite'\nname = 'a.db'\nnames = ['x']\n\
                [databases.b]\nengine = 'postgres'\nname = 'shop_*'\n\
                [databases.c]\nengine = 'mysql'\nname = 'shop'\nschemas = ['x']\n\
                [databases.d]\nengine = 'postgres'\nname = 'shop_*'\nschemas = ['x']\n\
                [databases.e]\nengine = 'postgres'\nname = 'shop'\nschemas = ['x']\nnames = ['x']\n\
                [databases.f]\nengine = 'sqlite'\nname = '*/*.db'\n\
                [databases.g]\nengine = 'sqlite'\nnames = []\n\
                [databases.h]\nurl = 'postgres://pool/shop_*'\nnames = ['x']\nmigration_url = 'postgres://server/shop'\n\
                [databases.i]\nengine = 'sqlite'\nnames = ['x', '', 'x', '*']\n\
                [databases.j]\nengine = 'postgres'\nname = 'shop'\nschemas = ['pg_temp', \
                'a2345678901234567890123456789012345678901234567890123456789012345']\n\
                [databases.'i/x']\nengine = 'sqlite'\nname = 'x'";
    assert_snapshot!(faults(text), @r#"
    error[E207]: `a` has names, and says not where they go
      --> fastdjango.toml:1:12
       = help: write a `*` in `name`, as in `shop_*`, or leave `name` out
    error[E207]: `b` has a `*` in its name, and says not what it stands for
      --> fastdjango.toml:5:12
       = help: list that: `names`, or `names_from`
    error[E404]: `c` has schemas, which are of PostgreSQL alone, and is on MySQL
      --> fastdjango.toml:8:12
       = help: name a database for each: `names`
    error[E207]: `d` has schemas, and a `*` in its name
      --> fastdjango.toml:12:12
       = help: name the one database that the schemas are in
    error[E207]: `e` has both names and schemas
      --> fastdjango.toml:16:12
       = help: make two entries of it
    error[E207]: `f` has more than one `*` in its name
      --> fastdjango.toml:21:12
       = help: write one: it stands for what parts the databases
    error[E209]: `g` stands for many databases, and lists none
      --> fastdjango.toml:24:12
       = help: name one at least, or take the list out
    error[E208]: a name of `i` is empty, or has space around it
      --> fastdjango.toml:33:15
       = help: write the name alone
    error[E208]: `*` of `i` holds a `*`
      --> fastdjango.toml:33:24
       = help: a `*` belongs into `name`, where each of the names goes
    error[E208]: `x` is there twice in `i`
      --> fastdjango.toml:33:19
       = help: take one of them out
    error[E208]: the schema `pg_temp` of `j` is the server's own
      --> fastdjango.toml:37:12
       = help: name a schema that holds your tables
    error[E208]: the schema `a2345678901234567890123456789012345678901234567890123456789012345` of `j` has more than 63 bytes
      --> fastdjango.toml:37:23
       = help: give it a shorter name: the server would cut it off, and two could become one
    error[E207]: `migration_url` of `h` leads to one database, and the entry stands for many
       = help: write a `*` in the place of each name: `postgres://host/shop_*`
    error[E207]: `i/x` is called as one of many would be
       = help: give it another name
    "#);
}

#[test]
fn an_app_lives_where_it_is_named_and_else_where_none_is() {
    let text = "[databases.default]\nengine = 'sqlite'\nname = 'a'\n\
                [databases.archive]\nurl = 'postgres://me:${NO}@host/shop'\napps = ['events', 'people']\n\
                [databases.tenants]\nengine = 'sqlite'\nname = 'tenants/*.db'\nAPPS = ['people']";
    let env = |name: &str| (name == "DATABASE_URL").then(|| "sqlite://other.db".to_owned());
    let settings = Settings::parse(text, "fastdjango.toml", Path::new("/project"), &env).unwrap();
    let homes = |app: &str| settings.homes(&app.into());
    assert_eq!(homes("shop"), ["default"], "also where the environment says where that is");
    assert_eq!(homes("events"), ["archive"], "also where the environment lacks its password");
    assert_eq!(homes("people"), ["archive", "tenants"]);
    assert_eq!(settings.entry_of("tenants/acme"), Some("tenants"));
    assert_eq!(settings.entry_of("tenant"), None);
    assert!(settings.is_routed() && !read("[databases.a]\nengine = 'sqlite'\nname = 'a'").unwrap().is_routed());
}

#[test]
fn apps_that_there_are_not_and_apps_that_live_nowhere_are_named() {
    let text = "[databases.default]\nengine = 'sqlite'\nname = 'a'\napps = ['shop', 'evnts', 'x']";
    let apps = ["events".into(), "people".into(), "shop".into()];
    assert_snapshot!(read(text).unwrap().misrouted(&apps.iter().collect()).to_string(), @r#"
    error[E668]: `apps` of the database `default` names `evnts`, and there is no such app
      --> fastdjango.toml:4:17
       = note: nothing was written or run
       = help: did you mean `events`?
    error[E668]: `apps` of the database `default` names `x`, and there is no such app
      --> fastdjango.toml:4:26
       = note: nothing was written or run
       = help: the apps are `events`, `people`, `shop`
    "#);
    let text = text.replace(", 'evnts', 'x'", ", 'events'");
    assert_snapshot!(read(&text).unwrap().misrouted(&apps.iter().collect()).to_string(), @r#"
    error[E668]: the app `people` lives in no database
       = note: every database names the apps that live there, and none names this one
       = note: nothing was written or run
       = help: add "people" to the `apps` of a database in fastdjango.toml
    "#);
    let none =
        "[databases.default]\nengine = 'sqlite'\nname = 'a'\napps = []\n[databases.b]\nengine = 'sqlite'\nname = 'b'";
    let settings = read(none).unwrap();
    assert!(settings.misrouted(&apps.iter().collect()).is_empty());
    assert_eq!(settings.homes(&"shop".into()), ["b"], "a database may be nobody's home");
}

/// The page of the settings.
const PAGE: &str = include_str!("../../../docs/settings.md");

#[test]
fn the_page_has_every_key() {
    let keys = shape::keys();
    assert!(keys.len() > 15, "{keys:?}");
    let missing: Vec<&str> = keys.into_iter().filter(|key| !PAGE.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/settings.md does not say what these do: {missing:?}");
}

#[test]
fn the_examples_of_the_page_are_settings() {
    let set = |name: &str| (!name.starts_with("DATABASE")).then(|| "secret".to_owned());
    let examples: Vec<&str> = PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 5, "{examples:?}");
    for example in examples {
        let settings = Settings::parse(example, "fastdjango.toml", Path::new(""), &set);
        assert!(settings.is_ok_and(|settings| settings.unset.is_empty()), "{example}");
    }
}
