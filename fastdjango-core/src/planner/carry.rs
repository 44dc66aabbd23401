//! Values that go from a column into pairs, and pairs that go into a column: the new place comes, is filled, and is compared
//! with the old one; then the old one goes.

use super::TableChange;
use crate::ddl::{Collations, Condition, PairPlace, Statement};
use crate::dialect::Dialect;
use crate::field::{Default, OnDelete, Sql};
use crate::migration::Step;
use crate::name::{AppLabel, ModelRef};
use crate::operation::Operation;
use crate::schema::{ForeignKey, Identity};
use crate::state::FieldState;

/// True where the operation carries what a field keeps to another place; it is planned alone.
pub(super) fn carries(operation: &Operation) -> bool {
    matches!(operation, Operation::AlterField { from, to, .. } if from.carries_to(to))
}

/// The same operation in two, where rows without a pair get a value: the pairs first, then the value.
pub(super) fn parts(operation: &Operation) -> Vec<Operation> {
    let Operation::AlterField { model, from, to, fill: Some(fill), reverse_fill, .. } = operation else {
        return vec![operation.clone()];
    };
    let alter = |from: &FieldState, to: &FieldState, fill: Option<Default>, reverse_fill: Option<Default>| {
        let (model, from, to) = (model.clone(), from.clone(), to.clone());
        Operation::AlterField { model, from, to, fill, reverse_fill, using: None, reverse_using: None }
    };
    let between = FieldState { null: true, default: None, ..to.clone() };
    vec![alter(from, &between, None, reverse_fill.clone()), alter(&between, to, Some(fill.clone()), None)]
}

/// The steps; `changes` are those of the tables, and `write` makes steps of some of them.
pub(super) fn steps(
    app: &AppLabel,
    operation: &Operation,
    changes: Vec<TableChange>,
    dialect: &dyn Dialect,
    write: &dyn Fn(&[TableChange]) -> Vec<Step>,
) -> Vec<Step> {
    let Some(carry) = Carry::new(app, operation, &changes, dialect) else { return write(&changes) };
    let of_pairs = |change: &TableChange| matches!(change.identity, Identity::Join(..)) && change.is_alone();
    let (pairs, mut rest): (Vec<_>, Vec<_>) = changes.into_iter().partition(of_pairs);
    if carry.into_pairs {
        let mut steps = write(&pairs);
        steps.push(carry.copied());
        steps.push(carry.complete());
        steps.extend(write(&rest));
        return steps;
    }
    for change in &mut rest {
        let is_owner = change.identity == Identity::Model(carry.owner.clone());
        for origin in change.columns.iter_mut().filter(|origin| is_owner && origin.name == carry.row.there) {
            origin.fill = Some(Default::Sql { sql: carry.found() });
        }
    }
    let mut steps = carry.counted();
    steps.extend(write(&rest));
    steps.push(carry.complete());
    steps.extend(write(&pairs));
    steps
}

impl TableChange {
    /// True for a table that comes or goes.
    fn is_alone(&self) -> bool {
        self.previous.is_none() != self.next.is_none()
    }
}

/// One field whose values go from one place to the other.
struct Carry<'a> {
    dialect: &'a dyn Dialect,
    owner: ModelRef,
    /// The table of the owner: its key, and the column of the field.
    row: PairPlace,
    /// The table of pairs.
    pairs: PairPlace,
    into_pairs: bool,
    /// Every row needs a value.
    required: bool,
}

impl<'a> Carry<'a> {
    /// `None` where the tables are somebody else's.
    fn new(app: &AppLabel, operation: &Operation, changes: &[TableChange], dialect: &'a dyn Dialect) -> Option<Self> {
        let Operation::AlterField { model, from, to, .. } = operation else { return None };
        let owner = ModelRef::new(app.clone(), model.clone());
        let of = |identity: &Identity| changes.iter().find(|change| change.identity == *identity);
        let row = of(&Identity::Model(owner.clone()))?.next.as_ref()?;
        let join = of(&Identity::Join(owner.clone(), to.name.clone()))?;
        let join = join.previous.as_ref().or(join.next.as_ref())?;
        let [here, there] = join.columns.as_slice() else { return None };
        let column = from.column_name().or_else(|| to.column_name())?;
        Some(Self {
            dialect,
            row: PairPlace { table: row.name.clone(), here: row.primary_key.first()?.clone(), there: column },
            pairs: PairPlace { table: join.name.clone(), here: here.name.clone(), there: there.name.clone() },
            into_pairs: to.is_pairs(),
            required: !to.null && !to.is_pairs(),
            owner,
        })
    }

    fn copied(&self) -> Step {
        let statement = Statement::Pair { from: self.row.clone(), to: self.pairs.clone() };
        Step::Sql(self.dialect.render(&statement))
    }

    /// The pair of a row, in a query over the table of the owner.
    fn found(&self) -> Sql {
        let column = |place: &PairPlace, column: &str| {
            format!("{}.{}", self.dialect.quote_table(&place.table), self.dialect.quote(column))
        };
        let text = format!(
            "SELECT {} FROM {} WHERE {} = {}",
            column(&self.pairs, &self.pairs.there),
            self.dialect.quote_table(&self.pairs.table),
            column(&self.pairs, &self.pairs.here),
            column(&self.row, &self.row.here)
        );
        Sql::Each([(self.dialect.engine(), text)].into_iter().collect())
    }

    /// What rows must not be before anything changes: a column has room for one.
    fn counted(&self) -> Vec<Step> {
        let Self { row, pairs, .. } = self;
        let several = Condition::Duplicate {
            columns: vec![pairs.here.clone()],
            among: None,
            expression: None,
            collations: Collations::default(),
        };
        let words = format!("rows of `{}` have more than one pair in `{}`", row.table, pairs.table);
        let mut steps = vec![self.count(&pairs.table, several, words)];
        if self.required {
            let none = missing(&[&row.here], &pairs.table, &[&pairs.here]);
            let words = format!("rows of `{}` have no pair in `{}`, and need a value", row.table, pairs.table);
            steps.push(self.count(&row.table, none, words));
        }
        steps
    }

    /// What is in the old place and not in the new one, before the old one goes.
    fn complete(&self) -> Step {
        let (old, new) = if self.into_pairs { (&self.row, &self.pairs) } else { (&self.pairs, &self.row) };
        let lost = missing(&[&old.here, &old.there], &new.table, &[&new.here, &new.there]);
        let words = format!("rows of `{}` are not found again in `{}`", old.table, new.table);
        self.count(&old.table, lost, words)
    }

    fn count(&self, table: &str, condition: Condition, found: String) -> Step {
        let statement = Statement::Count { table: table.to_owned(), condition };
        Step::Verify { verify: self.dialect.render(&statement), found }
    }
}

/// Rows of one table whose values are those of no row of another one.
fn missing(columns: &[&String], to_table: &str, to_columns: &[&String]) -> Condition {
    let key = ForeignKey {
        name: None,
        columns: columns.iter().map(|&column| column.clone()).collect(),
        to_table: to_table.to_owned(),
        to_columns: to_columns.iter().map(|&column| column.clone()).collect(),
        on_delete: OnDelete::NoAction,
        on_update: OnDelete::NoAction,
        deferrable: None,
    };
    Condition::Orphan { key, collations: Collations::default() }
}
