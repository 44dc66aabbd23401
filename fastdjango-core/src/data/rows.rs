//! The rows of a model, a page at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Data, HistoricalModel, Row, sql};
use crate::error::Result;
use crate::model::{FieldType, Value};

/// How many rows are read at once.
const PAGE: usize = 1000;

/// The rows of a model in the order of its key, read in pages: a table of any length takes the memory of one page.
///
/// Each page begins behind the last key, so that what is changed, deleted or inserted on the way is neither missed nor met twice, as long as
/// keys stay what they are.
#[derive(Debug)]
pub struct Rows {
    model: Arc<HistoricalModel>,
    matching: Vec<(usize, Value)>,
    page: VecDeque<Row>,
    /// The key of the last row of the last page.
    behind: Vec<Value>,
    /// The key of the last row that there was when reading began: what is inserted on the way is not met.
    last: Vec<Value>,
    ended: bool,
}

impl Rows {
    pub(super) fn new(model: Arc<HistoricalModel>) -> Result<Self> {
        model.keyed()?;
        Ok(Self {
            model,
            matching: Vec::new(),
            page: VecDeque::new(),
            behind: Vec::new(),
            last: Vec::new(),
            ended: false,
        })
    }

    /// Only the rows whose field has the value; `None` of an `Option` finds those without one.
    #[expect(clippy::needless_pass_by_value, reason = "a value is given away, as to a field of a struct")]
    pub fn matching<T: FieldType>(mut self, field: &str, value: T) -> Result<Self> {
        self.matching.push((self.model.place(field)?, value.to_value()));
        Ok(self)
    }

    /// The next row; `None` behind the last.
    pub async fn next(&mut self, data: &mut Data<'_>) -> Result<Option<Row>> {
        if self.page.is_empty() && !self.ended {
            self.turn(data).await?;
        }
        Ok(self.page.pop_front())
    }

    async fn turn(&mut self, data: &mut Data<'_>) -> Result<()> {
        if self.last.is_empty() {
            let (sql, values) = sql::last(data.session(), &self.model);
            let found = data.session().query(&sql, &values).await?.pop();
            let Some(found) = found.map(|row| Row::read(Arc::clone(&self.model), row)) else {
                self.ended = true;
                return Ok(());
            };
            self.last = found.whole_key()?.to_vec();
        }
        let bounds = (&self.matching[..], &self.behind[..], &self.last[..]);
        let (sql, values) = sql::select(data.session(), &self.model, bounds, PAGE)?;
        let selected = data.session().query(&sql, &values).await?;
        self.ended = selected.len() < PAGE;
        self.page = selected.into_iter().map(|row| Row::read(Arc::clone(&self.model), row)).collect();
        if let Some(last) = self.page.back() {
            self.behind = last.whole_key()?.to_vec();
        }
        Ok(())
    }
}
