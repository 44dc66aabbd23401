//! What a server can do of a random state: without this, most histories would be refused before they begin.

use fastdjango_core::field::{ColumnType, Engine, OnDelete, Sql};
use fastdjango_core::name::FieldName;
use fastdjango_core::state::{ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState, ProjectState};

/// The state without what the engine cannot have.
pub(crate) fn possible(engine: Engine, mut models: ProjectState) -> ProjectState {
    match engine {
        Engine::Sqlite => {}
        Engine::Postgres => models.models.for_each_mut(|_, model| store(model)),
        Engine::Mysql | Engine::Mariadb => models.models.for_each_mut(|_, model| {
            shorten(model);
            tame_keys(model);
            tame_indexes(model, engine);
            tame_checks(model);
        }),
    }
    models
}

/// What is computed is stored, and not computed from another: the server does neither.
fn store(model: &mut ModelState) {
    let own = model.clone();
    let computed = own.fields.iter().filter(|field| field.generated.is_some()).filter_map(FieldState::column_name);
    let names: Vec<String> = computed.collect();
    for field in &mut model.fields {
        let over = |sql: &Sql| names.iter().any(|name| sql.mentions(name));
        field.generated = field.generated.take().filter(|generated| !over(&generated.expression));
    }
    for generated in model.fields.iter_mut().filter_map(|field| field.generated.as_mut()) {
        generated.stored = true;
    }
}

/// Any text may be in a key.
fn shorten(model: &mut ModelState) {
    for field in &mut model.fields {
        if let FieldKind::Column(ty @ ColumnType::Text) = &mut field.kind {
            *ty = ColumnType::Varchar(90);
        }
    }
}

/// No `SET DEFAULT`, and nothing that is checked at commit.
fn tame_keys(model: &mut ModelState) {
    let tame = |action: &mut OnDelete| {
        if *action == OnDelete::SetDefault {
            *action = OnDelete::Cascade;
        }
    };
    for field in &mut model.fields {
        if let FieldKind::ForeignKey(reference) = &mut field.kind {
            reference.deferrable = None;
            tame(&mut reference.on_delete);
            tame(&mut reference.on_update);
        }
    }
    for constraint in &mut model.constraints {
        match &mut constraint.kind {
            ConstraintKind::ForeignKey { on_delete, on_update, deferrable, .. } => {
                *deferrable = None;
                tame(on_delete);
                tame(on_update);
            }
            ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Choices { .. }
            | ConstraintKind::NonNegative { .. } => {}
        }
    }
}

fn tame_indexes(model: &mut ModelState, engine: Engine) {
    model.indexes.retain(|index| engine == Engine::Mysql || index.expression.is_none());
    let long = |model: &ModelState, name: &FieldName| {
        let kind = model.field(name).map(|field| &field.kind);
        matches!(kind, Some(FieldKind::Column(ColumnType::Json | ColumnType::Binary)))
    };
    let fields = model.clone();
    model.indexes.retain(|index| !index.fields.iter().any(|field| long(&fields, &field.field)));
    model.constraints.retain(|constraint| match &constraint.kind {
        ConstraintKind::Unique { fields: unique, .. } => !unique.iter().any(|field| long(&fields, field)),
        _ => true,
    });
    for index in &mut model.indexes {
        index.condition = None;
    }
}

/// No check and no computed column over an automatic number, or over what a foreign key writes; no text compared with a number, as
/// a server does that counts the rows and refuses when it adds the check.
fn tame_checks(model: &mut ModelState) {
    let written = |field: &&FieldState| {
        let acts = field
            .reference()
            .is_some_and(|key| key.on_delete == OnDelete::SetNull || key.on_update != OnDelete::NoAction);
        field.auto || acts
    };
    let mut names: Vec<String> = model.fields.iter().filter(written).filter_map(FieldState::column_name).collect();
    for constraint in &model.constraints {
        if let ConstraintKind::ForeignKey { fields, .. } = &constraint.kind {
            names.extend(fields.iter().filter_map(|name| model.field(name)?.column_name()));
        }
    }
    let over = |sql: &Sql| names.iter().any(|name| sql.mentions(name));
    let own = model.clone();
    let over_field =
        |name: &FieldName| own.field(name).and_then(FieldState::column_name).is_some_and(|name| names.contains(&name));
    let stays = |constraint: &ConstraintState| match &constraint.kind {
        ConstraintKind::Check { sql } => !over(sql) && !compares_a_text(sql, &own),
        ConstraintKind::Choices { field, .. } | ConstraintKind::NonNegative { field } => !over_field(field),
        ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey { .. } => true,
    };
    model.constraints.retain(stays);
    for field in &mut model.fields {
        field.generated = field.generated.take().filter(|generated| !over(&generated.expression));
    }
}

fn compares_a_text(sql: &Sql, model: &ModelState) -> bool {
    let text = |field: &&FieldState| {
        let FieldKind::Column(ty) = &field.kind else { return false };
        matches!(ty, ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Enum(_))
    };
    let names = model.fields.iter().filter(text).filter_map(FieldState::column_name);
    sql.texts().any(|text| text.contains("< 1000")) && names.into_iter().any(|name| sql.mentions(&name))
}
