//! Values that go from a column into pairs, pairs that go into a column, and pairs that become the rows of a model: the new
//! place comes, is filled, and is compared with the old one; then the old one goes.

use super::TableChange;
use crate::ddl::{Alter, Change, Collations, Condition, Lookup, PairMove, PairPlace, Statement};
use crate::dialect::{Changes, Dialect};
use crate::field::{Default, OnDelete, Sql};
use crate::migration::Step;
use crate::name::{AppLabel, FieldName, ModelRef};
use crate::operation::Operation;
use crate::pair::Pair;
use crate::schema::{ForeignKey, Identity};
use crate::state::{FieldState, ProjectState};

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

/// The steps; `changes` are those of the tables between the states, and `write` makes steps of some of them.
pub(super) fn steps(
    app: &AppLabel,
    operation: &Operation,
    (changes, states): (Vec<TableChange>, Pair<&ProjectState>),
    dialect: &dyn Dialect,
    write: &dyn Fn(&[TableChange]) -> Vec<Step>,
) -> Vec<Step> {
    let Some(carry) = Carry::new(app, operation, (&changes, states), dialect) else { return write(&changes) };
    let (came, rest): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.previous.is_none());
    let (gone, mut rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|change| change.next.is_none());
    for change in &mut rest {
        let is_owner = change.identity == Identity::Model(carry.owner.clone());
        for origin in change.columns.iter_mut().filter(|origin| is_owner && carry.is_column(&origin.name)) {
            origin.fill = Some(Default::Sql { sql: carry.found() });
        }
    }
    let mut steps = carry.held(came.is_empty());
    steps.extend(carry.counted());
    steps.extend(write(&came));
    steps.extend(carry.held(!came.is_empty()));
    if carry.into_column {
        steps.extend(write(&rest));
        steps.push(carry.complete());
    } else {
        steps.push(carry.copied());
        steps.push(carry.complete());
        steps.extend(write(&rest));
    }
    steps.extend(write(&gone));
    steps
}

/// One field whose values go from one place to the other.
struct Carry<'a> {
    dialect: &'a dyn Dialect,
    owner: ModelRef,
    /// The table of the owner, and its key.
    row: (String, String),
    pairs: PairMove,
    /// The new place is a column of the owner.
    into_column: bool,
    /// Every row needs a value.
    required: bool,
    /// Pairs of the old place may be there twice, and not in the new one.
    may_repeat: bool,
}

impl<'a> Carry<'a> {
    /// `None` where the tables are somebody else's.
    fn new(
        app: &AppLabel,
        operation: &Operation,
        (changes, states): (&[TableChange], Pair<&ProjectState>),
        dialect: &'a dyn Dialect,
    ) -> Option<Self> {
        let Operation::AlterField { model, from, to, .. } = operation else { return None };
        let owner = ModelRef::new(app.clone(), model.clone());
        let identity = Identity::Model(owner.clone());
        let row = changes.iter().find(|change| change.identity == identity)?.next.as_ref()?;
        let row = (row.name.clone(), row.primary_key.first()?.clone());
        let place = |state: &ProjectState, field: &FieldState| match (field.column_name(), field.through()) {
            (Some(column), _) => Some(PairPlace { table: row.0.clone(), here: row.1.clone(), there: column }),
            (None, Some(pairs)) => {
                let table = state.models.get(pairs.through.as_ref()?).filter(|model| model.managed)?.table.clone();
                let [here, there] = state.sides(&owner, pairs)?.map(FieldState::column_name);
                Some(PairPlace { table, here: here?, there: there? })
            }
            (None, None) => of_pairs(changes, &Identity::Join(owner.clone(), field.name.clone())),
        };
        let pairs = PairMove {
            from: place(states.previous, from)?,
            to: place(states.next, to)?,
            by: by_field(states.next, from, to)?,
        };
        Some(Self {
            dialect,
            pairs,
            row,
            into_column: !to.is_pairs(),
            required: !to.null && !to.is_pairs(),
            may_repeat: from.through().is_some() && to.is_pairs(),
            owner,
        })
    }

    /// True for the column of the owner that values come into.
    fn is_column(&self, column: &str) -> bool {
        self.into_column && column == self.pairs.to.there
    }

    /// Nobody writes into the old place any more: what came after the copy would go with it.
    fn held(&self, now: bool) -> Vec<Step> {
        let Changes::InPlace(dialect) = self.dialect.changes() else { return Vec::new() };
        let hold = Change::Alter(Alter::Hold { table: self.pairs.from.table.clone() });
        let statements = if now { dialect.alter(&[hold]) } else { Vec::new() };
        statements.into_iter().map(Step::Sql).collect()
    }

    fn copied(&self) -> Step {
        Step::Sql(self.dialect.render(&Statement::Pair(self.pairs.clone())))
    }

    /// The pair of a row, in a query over the table of the owner.
    fn found(&self) -> Sql {
        let PairMove { from, by, .. } = &self.pairs;
        let (quote, table) = (|name: &str| self.dialect.quote(name), |name: &str| self.dialect.quote_table(name));
        let column = |of: &str, name: &str| format!("{}.{}", table(of), quote(name));
        let there = column(&from.table, &from.there);
        let (value, joined) = match by {
            None => (there, String::new()),
            Some(by) => (
                format!("parent.{}", quote(&by.wanted)),
                format!(" INNER JOIN {} AS parent ON parent.{} = {there}", table(&by.table), quote(&by.known)),
            ),
        };
        let text = format!(
            "SELECT {value} FROM {}{joined} WHERE {} = {}",
            table(&from.table),
            column(&from.table, &from.here),
            column(&self.row.0, &self.row.1)
        );
        Sql::Each([(self.dialect.engine(), text)].into_iter().collect())
    }

    /// What rows must not be before anything changes: a column has room for one, and a pair of a table of our own is there once.
    fn counted(&self) -> Vec<Step> {
        let Self { row: (table, key), pairs: PairMove { from, .. }, .. } = self;
        let mut steps = Vec::new();
        if self.into_column {
            let words = format!("rows of `{table}` have more than one pair in `{}`", from.table);
            steps.push(self.count(&from.table, several(&[&from.here]), words));
        }
        if self.may_repeat {
            let words = format!("rows of `{table}` have the same pair in `{}` more than once", from.table);
            steps.push(self.count(&from.table, several(&[&from.here, &from.there]), words));
        }
        if self.required {
            let none = missing(key, &from.table, &from.here);
            let words = format!("rows of `{table}` have no pair in `{}`, and need a value", from.table);
            steps.push(self.count(table, none, words));
        }
        steps
    }

    /// What is in the old place and not in the new one, before the old one goes.
    fn complete(&self) -> Step {
        let PairMove { from, to, .. } = &self.pairs;
        let words = format!("rows of `{}` are not found again in `{}`", from.table, to.table);
        self.count(&from.table, Condition::Parted(Box::new(self.pairs.clone())), words)
    }

    fn count(&self, table: &str, condition: Condition, found: String) -> Step {
        let statement = Statement::Count { table: table.to_owned(), condition };
        Step::Verify { verify: self.dialect.render(&statement), found }
    }
}

/// The table of pairs that comes or goes.
fn of_pairs(changes: &[TableChange], identity: &Identity) -> Option<PairPlace> {
    let change = changes.iter().find(|change| change.identity == *identity)?;
    let table = change.previous.as_ref().or(change.next.as_ref())?;
    let [here, there] = table.columns.as_slice() else { return None };
    Some(PairPlace { table: table.name.clone(), here: here.name.clone(), there: there.name.clone() })
}

/// Values that stand in several rows.
fn several(columns: &[&String]) -> Condition {
    let columns = columns.iter().map(|&column| column.clone()).collect();
    Condition::Duplicate { columns, among: None, expression: None, collations: Collations::default() }
}

/// Rows of one table whose value is that of no row of another one.
fn missing(column: &str, to_table: &str, to_column: &str) -> Condition {
    let key = ForeignKey {
        name: None,
        columns: vec![column.to_owned()],
        to_table: to_table.to_owned(),
        to_columns: vec![to_column.to_owned()],
        on_delete: OnDelete::NoAction,
        on_update: OnDelete::NoAction,
        deferrable: None,
    };
    Condition::Orphan { key, collations: Collations::default() }
}

/// How the rows of the target are found, where the reference is by another field than their key. `None` where there is no target.
#[expect(
    clippy::option_option,
    reason = "without a target nothing can be moved; without a field nothing has to be found"
)]
fn by_field(state: &ProjectState, from: &FieldState, to: &FieldState) -> Option<Option<Lookup>> {
    let reference = from.reference().or(to.reference());
    let Some((reference, field)) = reference.and_then(|found| Some((found, found.to_field.as_ref()?))) else {
        return Some(None);
    };
    let target = state.models.get(&reference.to)?;
    let column = |name: &FieldName| target.field(name)?.column_name();
    let (key, field) = (column(target.primary_key.first()?)?, column(field)?);
    let (known, wanted) = if to.is_pairs() { (field, key) } else { (key, field) };
    Some((known != wanted).then(|| Lookup { table: target.table.clone(), known, wanted }))
}
