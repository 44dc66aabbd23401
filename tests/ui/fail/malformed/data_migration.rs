use fastdjango::data::{Data, Failure, data_migration};

#[data_migration]
fn not_async(data: &mut Data<'_>) -> Result<(), Failure> {
    let _ = data;
    Ok(())
}

#[data_migration(name = "x", id = "noop")]
async fn no_id(_data: &mut Data<'_>) -> Result<(), Failure> {
    Ok(())
}

#[data_migration]
async fn of_two(_data: &mut Data<'_>, _number: i32) -> Result<(), Failure> {
    Ok(())
}

#[data_migration]
async fn says_nothing<T>(_data: &mut Data<'_>) {}

#[data_migration]
async fn of_another_type(_number: i32) -> Result<(), Failure> {
    Ok(())
}

#[data_migration]
async fn ends_otherwise(_data: &mut Data<'_>) -> bool {
    true
}

fn main() {}
