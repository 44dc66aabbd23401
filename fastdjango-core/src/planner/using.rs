//! Values that an expression makes, where the database has no such thing in a change of type: a column of the new type comes,
//! is filled, and takes the name of the old one.

use super::lineage::Lineage;
use super::plan::{Between, table_steps, written};
use super::verify::{unlisted_by, without_value};
use crate::ddl::Statement;
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;
use crate::field::{Default, Sql};
use crate::migration::Step;
use crate::name::{AppLabel, FieldName, MAX_IDENTIFIER_BYTES, ModelName, ModelRef, shorten};
use crate::operation::Operation;
use crate::pair::Pair;
use crate::state::{FieldKind, FieldState, ProjectState};

/// True where an expression makes the values of a column; its operation is planned alone, since it reads what rows hold.
pub(super) fn converts(operation: &Operation) -> bool {
    matches!(operation, Operation::AlterField { using: Some(_), .. })
}

/// The steps of the one operation.
pub(super) fn steps(
    app: &AppLabel,
    operation: &Operation,
    state: &mut ProjectState,
    dialect: &dyn Dialect,
) -> Result<Vec<Step>, Diagnostics> {
    let whole = dialect.capabilities().whole_definitions;
    let alone = std::slice::from_ref(operation);
    match operation {
        Operation::AlterField { model, from, to, fill, using: Some(using), .. } if whole => {
            let change = Change { app, model, from, to, fill: fill.as_ref(), using };
            change.steps(alone, state, dialect)
        }
        _ => table_steps(app, (alone, alone), state, dialect),
    }
}

/// One column that changes places with a new one.
struct Change<'a> {
    app: &'a AppLabel,
    model: &'a ModelName,
    from: &'a FieldState,
    to: &'a FieldState,
    fill: Option<&'a Default>,
    using: &'a Sql,
}

impl Change<'_> {
    fn steps(
        &self,
        operation: &[Operation],
        state: &mut ProjectState,
        dialect: &dyn Dialect,
    ) -> Result<Vec<Step>, Diagnostics> {
        let mut after = state.clone();
        for operation in operation {
            operation.apply(self.app, &mut after)?;
        }
        let between = self.between(&after);
        let mut steps = self.counted(Pair::new(&*state, &after), dialect);
        let add = [self.add(&between)];
        steps.extend(table_steps(self.app, (&add, &add), state, dialect)?);
        let states = Pair::new(&*state, &after);
        let touched = operation.iter().flat_map(|operation| operation.touches(self.app, state)).collect();
        let swapped = Between { app: self.app, states, operations: operation, all: operation, touched };
        let (changes, types) = swapped.changes(&self.lineage(&between), dialect)?;
        steps.extend(written(self.app, states, &changes, types, dialect));
        *state = after;
        Ok(steps)
    }

    /// The new column while the old one is there; what refers, is numbered or must be there comes with the name.
    fn between(&self, after: &ProjectState) -> FieldState {
        let column = self.to.column_name().unwrap_or_default();
        let kind = after.column_type(self.to).map_or_else(|| self.to.kind.clone(), FieldKind::Column);
        let name = shorten(&format!("fastdjango_new_{column}"), MAX_IDENTIFIER_BYTES);
        let (column, default, comment) = (None, None, None);
        FieldState {
            name: FieldName::new(name.as_str()),
            kind,
            column,
            null: true,
            auto: false,
            default,
            comment,
            ..self.to.clone()
        }
    }

    fn add(&self, between: &FieldState) -> Operation {
        let fill = Some(Default::Sql { sql: self.using.clone() });
        Operation::AddField { model: self.model.clone(), field: between.clone(), fill }
    }

    /// The old column goes, and the new one is what it was called.
    fn lineage(&self, between: &FieldState) -> Lineage {
        let model = || self.model.clone();
        let named = FieldState { name: self.to.name.clone(), ..between.clone() };
        let mut lineage = Lineage::default();
        for operation in [
            Operation::RemoveField { model: model(), field: self.from.clone(), reverse_fill: None },
            Operation::RenameField { model: model(), from: between.name.clone(), to: self.to.name.clone() },
            Operation::AlterField {
                model: model(),
                from: named,
                to: self.to.clone(),
                fill: self.fill.cloned(),
                reverse_fill: None,
                using: None,
                reverse_using: None,
            },
        ] {
            lineage.follow(self.app, &operation);
        }
        lineage
    }

    /// What the expression would leave without a value, or make no text of an enum, before anything changes.
    fn counted(&self, states: Pair<&ProjectState>, dialect: &dyn Dialect) -> Vec<Step> {
        let owner = ModelRef::new(self.app.clone(), self.model.clone());
        let Some(model) = states.previous.models.get(&owner).filter(|model| model.managed) else { return Vec::new() };
        let (table, column) = (&model.table, self.to.column_name().unwrap_or_default());
        let needed = !self.to.null && self.fill.is_none();
        let texts = self.to.enum_name().and_then(|name| states.next.enums.get(name));
        let counts = needed
            .then(|| without_value(table, &column, self.using))
            .into_iter()
            .chain(texts.map(|found| unlisted_by(table, &column, &found.values, self.using)));
        let verify = |(condition, found)| {
            let verify = dialect.render(&Statement::Count { table: table.clone(), condition });
            Step::Verify { verify, found }
        };
        counts.map(verify).collect()
    }
}
