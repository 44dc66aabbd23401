//! How a run ends: the exit code and the last word are true.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::shop::Shop;

#[test]
fn a_faked_migration_is_not_called_applied() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations"]);
    let said = shop.run(4, &["migrate", "--fake"]);
    assert!(said.contains("1 migration recorded as applied; nothing ran"), "{said}");
    let said = shop.run(4, &["migrate", "--rollback", "1", "--fake"]);
    assert!(said.contains("1 migration recorded as undone; nothing ran"), "{said}");
    assert_eq!(shop.column("SELECT mail FROM shop_customer ORDER BY id"), ["a@example.com", "b@example.com"]);
}

#[test]
fn a_rollback_that_lacks_its_file_fails() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations"]);
    shop.run(4, &["migrate"]);
    let file = shop.dir().join("migrations/shop").join(&shop.migrations()[1]);
    std::fs::remove_file(file).unwrap();
    assert!(shop.run(1, &["migrate"]).starts_with("exit 0"), "a service of the old version starts");
    for arguments in [&["migrate", "--rollback", "1", "--yes"][..], &["migrate", "shop", "zero", "--yes"]] {
        let said = shop.run(1, arguments);
        assert!(said.starts_with("exit 1") && said.contains("E604"), "{said}");
    }
}

#[test]
fn a_history_with_a_gap_destroys_nothing_unasked() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations"]);
    shop.run(4, &["migrate"]);
    shop.column("DELETE FROM fastdjango_migrations WHERE name LIKE '0001%'");
    let said = shop.run(4, &["migrate", "--rollback", "1"]);
    assert!(said.starts_with("exit 1"), "{said}");
    assert_eq!(shop.column("SELECT country FROM shop_customer"), ["PT", "PT"]);
}

#[cfg(unix)]
#[test]
fn the_exit_code_names_the_signal() {
    let shop = Shop::with_rows();
    shop.run(4, &["makemigrations"]);
    let held = shop.hold();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut child = shop.command(4, &["migrate", "--wait", "30"]).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(700));
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
    }
    drop(held);
    assert_eq!(shop.column("SELECT count(*) FROM fastdjango_migrations WHERE name LIKE '0002%'"), ["0"]);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_is_lost_is_a_failure() {
    let shop = Shop::new();
    shop.run(1, &["makemigrations"]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = shop.command(1, &["sqlmigrate", "shop", "0001"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("not everything could be written to stdout"), "{said}");
}
