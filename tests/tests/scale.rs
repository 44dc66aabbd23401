//! The detector on a project of a size that nobody has yet.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fastdjango_core::detect::{Answers, detect};
use fastdjango_core::field::{ColumnType, OnDelete};
use fastdjango_core::name::ModelRef;
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{FieldKind, FieldState, Hints, ModelState, ProjectState, Reference};

/// Every model refers to the next by name: the worst order there is.
#[test]
fn a_thousand_models_in_the_worst_order_take_seconds_at_most() {
    let mut state = ProjectState::default();
    for number in 0..1_000 {
        let mut model = ModelState::new(format!("t{number:04}"));
        model.fields = vec![FieldState::new("id", FieldKind::Column(ColumnType::BigInt))];
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
    let start = Instant::now();
    let nothing = ProjectState::default();
    let detected = detect(Pair::new(&nothing, &state), &Hints::default(), &BTreeMap::new(), &Answers::new());
    let took = start.elapsed();
    println!("1,000 models in {took:.1?}");
    assert_eq!(detected.migrations.len(), 1);
    assert!(took < Duration::from_secs(30), "1,000 models took {took:?}");
}
