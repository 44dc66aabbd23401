//! A line to the server that breaks at a statement.
//!
//! <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html>

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::harness::TestDb;

const QUERY: u8 = 0x03;
const PREPARE: u8 = 0x16;
const EXECUTE: u8 = 0x17;

/// Where a line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Before the server hears of the statement.
    Before,
    /// After the server has done it, before the client hears of that.
    After,
}

/// The same database behind a line that hands everything on, until a statement runs for the `count`th time.
pub(crate) async fn cut_at(db: &TestDb, statement: &str, count: usize, cut: Cut) -> TestDb {
    let watched = Watched { statement: statement.to_owned(), count, prepared: false };
    let mut other = behind(db, move |client, server| hand_on(client, server, watched.clone(), cut)).await;
    other.settings.sslmode = Some("disable".to_owned());
    other
}

/// The same database behind somebody who takes the offer to encrypt out of what the server says first.
///
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html>
pub(crate) async fn without_tls(db: &TestDb) -> TestDb {
    behind(db, |mut client, mut server| async move {
        let mut greeting = vec![0; 4096];
        let length = server.read(&mut greeting).await.expect("a greeting");
        let version = greeting[5..].iter().position(|byte| *byte == 0).expect("the end of the version");
        // After the version: a number of four bytes, eight of a challenge, an empty one, and what the server can.
        greeting[5 + version + 1 + 4 + 8 + 1 + 1] &= !0x08;
        client.write_all(&greeting[..length]).await.expect("the client listens");
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    })
    .await
}

/// The same database behind a line of which somebody else takes care.
async fn behind<F>(db: &TestDb, line: impl Fn(TcpStream, TcpStream) -> F + Send + 'static) -> TestDb
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let host = db.settings.host.as_deref().expect("a host").parse().expect("an address");
    let server = SocketAddr::new(host, db.settings.port.unwrap_or(3306));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(server).await.expect("the server");
            tokio::spawn(line(client, server));
        }
    });
    let mut other = db.clone();
    other.settings.port = Some(port);
    other
}

#[derive(Clone)]
struct Watched {
    statement: String,
    count: usize,
    prepared: bool,
}

impl Watched {
    /// True where the packet has the statement run, for the last time that it may.
    fn is_reached(&mut self, packet: &[u8]) -> bool {
        let says = packet.get(5..).is_some_and(|text| text.starts_with(self.statement.as_bytes()));
        match packet.get(4) {
            Some(&PREPARE) => {
                self.prepared = says;
                return false;
            }
            Some(&QUERY) if says => {}
            Some(&EXECUTE) if self.prepared => {}
            _ => return false,
        }
        self.prepared = false;
        self.count -= 1;
        self.count == 0
    }
}

async fn hand_on(mut client: TcpStream, mut server: TcpStream, mut watched: Watched, cut: Cut) {
    let (mut asked, mut told) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(read @ 1..) = read else { return };
                let reached = watched.is_reached(&asked[..read]);
                if reached && cut == Cut::Before {
                    return;
                }
                server.write_all(&asked[..read]).await.expect("the server listens");
                if reached {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    return;
                }
            }
            read = server.read(&mut told) => {
                let Ok(read @ 1..) = read else { return };
                if client.write_all(&told[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}
