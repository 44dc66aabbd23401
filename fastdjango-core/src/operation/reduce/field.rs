//! Changes of one field: what it was first and what it is last, as long as no row would hold another value.

use crate::field::Default as DefaultValue;
use crate::name::{FieldName, ModelName};
use crate::operation::Operation;
use crate::state::FieldState;

pub(super) fn fold(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    match (first, second) {
        (Operation::AddField { model, field, fill }, Operation::AlterField { model: same, to, fill: later, .. })
            if model == same && field.name == to.name && !is_computed(second) =>
        {
            let added = Added { field, fill: fill.as_ref() };
            Some(vec![added.altered(model, to, later.as_ref())?])
        }
        (Operation::AddField { model, field, fill }, Operation::RenameField { model: same, from, to })
            if model == same && field.name == *from =>
        {
            let field = renamed(field, to)?;
            Some(vec![Operation::AddField { model: model.clone(), field, fill: fill.clone() }])
        }
        (Operation::AddField { model, field, .. }, Operation::RemoveField { model: same, field: removed, .. })
            if model == same && field.name == removed.name =>
        {
            Some(Vec::new())
        }
        (
            Operation::AlterField { model, from, to, .. },
            Operation::RemoveField { model: same, field, reverse_fill },
        ) if model == same
            && from.name == field.name
            && from.column_name() == field.column_name()
            && !to.is_pairs() =>
        {
            let (field, reverse_fill) = (from.clone(), reverse_fill.clone());
            Some(vec![Operation::RemoveField { model: model.clone(), field, reverse_fill }])
        }
        (Operation::AlterField { .. }, Operation::AlterField { .. }) => alterations(first, second),
        (Operation::RenameField { model, from, to: stop }, Operation::RenameField { model: same, from: next, to })
            if model == same && stop == next =>
        {
            let chained = || Operation::RenameField { model: model.clone(), from: from.clone(), to: to.clone() };
            Some((from != to).then(chained).into_iter().collect())
        }
        (Operation::RenameField { model, from, to }, Operation::RemoveField { model: same, field, reverse_fill })
            if model == same && field.name == *to =>
        {
            let (field, reverse_fill) = (renamed(field, from)?, reverse_fill.clone());
            Some(vec![Operation::RemoveField { model: model.clone(), field, reverse_fill }])
        }
        _ => None,
    }
}

/// The field under another name; none where a fragment of its own may speak of its column.
fn renamed(field: &FieldState, name: &FieldName) -> Option<FieldState> {
    field.generated.is_none().then(|| FieldState { name: name.clone(), ..field.clone() })
}

/// True where only what another tool says of the field may differ: no row knows of it.
fn same_but_options(from: &FieldState, to: &FieldState) -> bool {
    FieldState { options: from.options.clone(), ..to.clone() } == *from
}

/// True where the values of a column stay what they are from one definition to the other.
fn same_values(from: &FieldState, to: &FieldState) -> bool {
    if same_but_options(from, to) {
        return true;
    }
    let target = |field: &FieldState| field.reference().map(|r| (r.to.clone(), r.to_field.clone()));
    let same_kind = match (target(from), target(to)) {
        (None, None) => from.kind == to.kind,
        (mine, theirs) => mine == theirs,
    };
    same_kind
        && from.db_type == to.db_type
        && from.auto == to.auto
        && from.generated.is_none()
        && to.generated.is_none()
}

/// A field that came, and the value that rows got.
struct Added<'a> {
    field: &'a FieldState,
    fill: Option<&'a DefaultValue>,
}

impl Added<'_> {
    /// The field as it is after an alteration, with the fill that gives rows the same values; none where no fill does.
    fn altered(&self, model: &ModelName, to: &FieldState, later: Option<&DefaultValue>) -> Option<Operation> {
        let add = |fill: Option<&DefaultValue>| {
            Some(Operation::AddField { model: model.clone(), field: to.clone(), fill: fill.cloned() })
        };
        if same_but_options(self.field, to) {
            return add(self.fill);
        }
        if !same_values(self.field, to) {
            return None;
        }
        match (self.fill.or(self.field.default.as_ref()), later) {
            // Rows got a value when the field came.
            (Some(value), _) => {
                let explicit = self.fill.is_some() || to.default != self.field.default;
                add(explicit.then_some(value))
            }
            // Rows held NULL until the alteration filled them.
            (None, Some(value)) if !to.null => add(Some(value)),
            // Rows hold NULL, which a default that came later would now replace.
            (None, _) if to.null && to.default.is_none() => add(None),
            (None, _) => None,
        }
    }
}

/// True where an expression makes the values of an alteration, there or back: it reads what the rows hold by then.
fn is_computed(operation: &Operation) -> bool {
    matches!(operation, Operation::AlterField { using, reverse_using, .. } if using.is_some() || reverse_using.is_some())
}

fn alterations(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    let Operation::AlterField { model, from, to: stop, fill: fill_1, reverse_fill: back_1, .. } = first else {
        return None;
    };
    let Operation::AlterField { model: same, from: next, to, fill: fill_2, reverse_fill: back_2, .. } = second else {
        return None;
    };
    if is_computed(first) || is_computed(second) {
        return None;
    }
    let one_cast = same_values(from, stop) || same_values(next, to);
    let null_returns = from.null && !stop.null && to.null || !from.null && stop.null && !to.null;
    let two_fills = fill_1.is_some() && fill_2.is_some() || back_1.is_some() && back_2.is_some();
    let carried = from.carries_to(stop) || next.carries_to(to);
    if model != same || stop != next || !one_cast || null_returns || two_fills || carried {
        return None;
    }
    if from == to && fill_1.is_none() && fill_2.is_none() && same_values(from, stop) {
        return Some(Vec::new());
    }
    Some(vec![Operation::AlterField {
        model: model.clone(),
        from: from.clone(),
        to: to.clone(),
        fill: fill_1.clone().or_else(|| fill_2.clone()),
        reverse_fill: back_1.clone().or_else(|| back_2.clone()),
        using: None,
        reverse_using: None,
    }])
}
