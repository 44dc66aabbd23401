//! What the dialect writes, the executor runs, and the catalog gives back: no difference that nobody made.

use fastdjango_core::field::Engine;
use fastdjango_tests::live::{nothing_drifts, servers};

use super::possible::possible;

#[tokio::test]
async fn a_database_of_random_models_is_what_the_models_say() {
    for server in servers().iter().filter(|server| server.engine() == Engine::Postgres) {
        nothing_drifts(server, possible).await;
    }
}
