//! A state in other words that mean the same.

use fastdjango_core::field::lexer::{Kind, tokens};
use fastdjango_core::field::{ColumnType, Default as DefaultValue, Literal, Sql};
use fastdjango_core::state::{ConstraintKind, FieldKind, FieldState, ModelState, ProjectState};

/// The state with more white space in fragments, choices in another order, and decimals without a zero behind them.
#[must_use]
pub fn respelled(state: &ProjectState) -> ProjectState {
    let mut state = state.clone();
    state.models.for_each_mut(|_, model| of_model(model));
    state
}

fn of_model(model: &mut ModelState) {
    model.fields.iter_mut().for_each(of_field);
    for index in &mut model.indexes {
        index.expression.iter_mut().chain(&mut index.condition).for_each(spaced);
    }
    for constraint in &mut model.constraints {
        match &mut constraint.kind {
            ConstraintKind::Check { sql } => spaced(sql),
            ConstraintKind::Choices { values, .. } => values.reverse(),
            ConstraintKind::Unique { .. } | ConstraintKind::NonNegative { .. } | ConstraintKind::ForeignKey { .. } => {}
        }
    }
}

fn of_field(field: &mut FieldState) {
    let decimal = matches!(field.kind, FieldKind::Column(ColumnType::Numeric(..=15, _)) if field.db_type.is_none());
    match &mut field.default {
        Some(DefaultValue::Sql { sql }) => spaced(sql),
        Some(DefaultValue::Value(Literal::Text(text))) if decimal && text.ends_with('0') && text.contains('.') => {
            text.pop();
        }
        Some(DefaultValue::Value(_)) | None => {}
    }
    if let Some(generated) = &mut field.generated {
        spaced(&mut generated.expression);
    }
}

fn spaced(sql: &mut Sql) {
    let more = |text: &str| {
        let pieces = tokens(text).into_iter().map(|token| if token.kind == Kind::Space { " \t " } else { token.text });
        format!("  {} ", pieces.collect::<String>())
    };
    match sql {
        Sql::Any(text) => *text = more(text),
        Sql::Each(texts) => texts.values_mut().for_each(|text| *text = more(text)),
    }
}
