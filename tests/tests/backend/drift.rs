//! What the dialect writes, the executor runs, and the catalog gives back: no difference that nobody made.

use fastdjango_tests::live::{Server, nothing_drifts};

use super::possible::possible;

#[tokio::test]
async fn a_database_of_random_models_is_what_the_models_say() {
    nothing_drifts(&Server::sqlite(), possible).await;
}
