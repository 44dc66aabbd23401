//! The detector on a project of a size that nobody has yet.

use fastdjango_core::detect::{Answers, Past, detect};
use fastdjango_core::field::{ColumnType, OnDelete};
use fastdjango_core::name::ModelRef;
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{FieldKind, FieldState, Hints, ModelState, ProjectState, Reference};

/// Every model refers to the next by name: the worst order there is.
#[test]
fn a_thousand_models_in_the_worst_order_are_one_migration_in_the_right_one() {
    let mut state = ProjectState::default();
    for number in 0..1_000 {
        let mut model = ModelState::new(format!("t{number:04}"));
        model.fields = vec![FieldState::new("id", FieldKind::Column(ColumnType::BigInt))].into();
        model.primary_key = vec!["id".into()];
        if number < 999 {
            let kind = FieldKind::ForeignKey(Reference {
                to: ModelRef::new("big", format!("M{:04}", number + 1)),
                to_field: None,
                on_delete: OnDelete::Cascade,
                on_update: OnDelete::NoAction,
                deferrable: None,
                constraint: None,
            });
            model.fields.push(FieldState::new("next", kind));
        }
        state.models.insert(ModelRef::new("big", format!("M{number:04}")), model);
    }
    let nothing = ProjectState::default();
    let detected = detect(Pair::new(&nothing, &state), &Hints::default(), &Past::default(), &Answers::new());
    assert_eq!(detected.migrations.len(), 1);
    let operations = &detected.migrations[0].operations;
    assert_eq!(operations.len(), 1_000, "one operation a model, none deferred");
    assert_eq!(operations[0].describe().subject, "M0999", "what nothing waits for comes first");
}
