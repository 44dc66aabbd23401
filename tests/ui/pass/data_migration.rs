//! Functions that migrations call, with errors of any kind.
#![deny(missing_docs, warnings)]

use fastdjango::data::{Data, Failure, data_migration};

#[data_migration]
async fn quiet(_: &mut Data<'_>) -> Result<(), Failure> {
    Ok(())
}

/// Its error is one of its own.
#[data_migration(id = "other::name", retry_safe)]
pub async fn r#fn(data: &mut Data<'_>) -> Result<(), std::io::Error> {
    let _ = data.written();
    Err(std::io::Error::other("none"))
}

/// Its name is one that generated code could have.
#[data_migration]
async fn run(_: &mut Data<'_>) -> Result<(), Failure> {
    Ok(())
}

/// So is this.
#[data_migration]
async fn data(_: &mut Data<'_>) -> Result<(), Failure> {
    Ok(())
}

fn main() {}
