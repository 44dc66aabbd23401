//! That random states and edits have what the laws and the histories are to try.

use std::collections::BTreeSet;

use fastdjango_core::field::{ColumnType, Options, Sql};
use fastdjango_core::name::{ModelRef, split_table};
use fastdjango_core::pair::Pair;
use fastdjango_core::state::{ConstraintKind, EnumState, FieldKind, FieldState, IndexState, ModelState, ProjectState};
use fastdjango_tests::generate::{Counted, Dice, counted, dice, edit, respelled, roll};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// States of which each feature is in a few at the least, and as many edits.
const ROLLED: usize = 3_000;
/// How many of them.
const FEW: usize = 3;

fn of_model(state: &ProjectState, test: impl Fn(&ModelState) -> bool) -> bool {
    state.models.values().any(test)
}

fn of_field(state: &ProjectState, test: impl Fn(&FieldState) -> bool) -> bool {
    of_model(state, |model| model.fields.iter().any(&test))
}

fn of_index(state: &ProjectState, test: impl Fn(&IndexState) -> bool) -> bool {
    of_model(state, |model| model.indexes.iter().any(&test))
}

fn of_constraint(state: &ProjectState, test: impl Fn(&ConstraintKind) -> bool) -> bool {
    of_model(state, |model| model.constraints.iter().any(|constraint| test(&constraint.kind)))
}

fn users(state: &ProjectState, name: &str) -> Vec<String> {
    let of = |model: &ModelState| model.fields.iter().any(|field| field.enum_name() == Some(name));
    state.models.iter().filter(|(_, model)| of(model)).map(|(model, _)| model.app.to_string()).collect()
}

fn compares(sql: &Sql) -> bool {
    sql.texts().any(|text| text.ends_with('\''))
}

type Test<T> = (&'static str, fn(&T) -> bool);

const STATES: &[Test<ProjectState>] = &[
    ("an enum", |state| !state.enums.is_empty()),
    ("two enums", |state| state.enums.len() == 2),
    ("an enum of two models", |state| state.enums.keys().any(|name| users(state, name).len() > 1)),
    ("an enum of two apps", |state| {
        state.enums.keys().any(|name| users(state, name).windows(2).any(|two| two[0] != two[1]))
    }),
    ("a default of an enum", |state| of_field(state, |field| field.enum_name().is_some() && field.default.is_some())),
    ("a key of an enum", |state| {
        of_model(state, |model| {
            model.primary_key.iter().any(|key| model.field(key).is_some_and(|f| f.enum_name().is_some()))
        })
    }),
    ("a reference to a key of an enum", |state| {
        of_field(state, |field| {
            field.reference().is_some() && matches!(state.column_type(field), Some(ColumnType::Enum(_)))
        })
    }),
    ("a check with a text of an enum", |state| {
        of_constraint(state, |kind| matches!(kind, ConstraintKind::Check { sql } if compares(sql)))
    }),
    ("a partial index with a text of an enum", |state| {
        of_index(state, |index| index.condition.as_ref().is_some_and(compares))
    }),
    ("a table in a schema", |state| of_model(state, |model| model.table.contains('.'))),
    ("an index over the beginning of a text", |state| {
        of_index(state, |index| index.fields.iter().any(|field| field.length.is_some()))
    }),
    ("an index over words", |state| of_index(state, |index| index.method.as_deref() == Some("fulltext"))),
    ("a hash index", |state| of_index(state, |index| index.method.as_deref() == Some("hash"))),
    ("a gin index", |state| of_index(state, |index| index.method.as_deref() == Some("gin"))),
    ("a covering index", |state| of_index(state, |index| !index.include.is_empty())),
    ("an index of an operator class", |state| of_index(state, |index| index.opclass.is_some())),
    ("a partial index", |state| of_index(state, |index| index.condition.is_some())),
    ("a deferrable unique", |state| {
        of_constraint(state, |kind| matches!(kind, ConstraintKind::Unique { deferrable: Some(_), .. }))
    }),
    ("a unique of which NULLs are equal", |state| {
        of_constraint(state, |kind| matches!(kind, ConstraintKind::Unique { nulls_not_distinct: true, .. }))
    }),
    ("choices that can be in another order", |state| {
        of_constraint(&respelled(state), |kind| {
            let of_other = |other: &ConstraintKind| other == kind;
            matches!(kind, ConstraintKind::Choices { .. }) && !of_constraint(state, of_other)
        })
    }),
    ("a decimal default that can be written otherwise", |state| {
        of_field(state, |field| {
            let is_decimal = matches!(field.kind, FieldKind::Column(ColumnType::Numeric(..)));
            let written = |state: &ProjectState| of_field(state, |other| other.default == field.default);
            is_decimal && field.default.is_some() && !written(&respelled(state))
        })
    }),
    ("options of a model", |state| of_model(state, |model| !model.options.is_empty())),
    ("options of a column", |state| {
        of_field(state, |field| !field.options.is_empty() && field.column_name().is_some())
    }),
    ("options of pairs", |state| of_field(state, |field| !field.options.is_empty() && field.column_name().is_none())),
];

/// The schemas of a model's table before and after.
fn schemas(states: &Pair<ProjectState>, test: impl Fn(Option<&str>, Option<&str>) -> bool) -> bool {
    states.previous.models.iter().any(|(name, before)| {
        let after = states.next.models.get(name);
        after.is_some_and(|after| test(split_table(&before.table).0, split_table(&after.table).0))
    })
}

fn enums(states: &Pair<ProjectState>, test: impl Fn(&EnumState, &EnumState) -> bool) -> bool {
    let next = &states.next.enums;
    states.previous.enums.iter().any(|(name, before)| next.get(name).is_some_and(|after| test(before, after)))
}

/// The types that a field has before and after.
fn types(states: &Pair<ProjectState>, test: impl Fn(&ColumnType, &ColumnType) -> bool) -> bool {
    states.previous.models.iter().any(|(name, before)| {
        let Some(after) = states.next.models.get(name) else { return false };
        before.fields.iter().any(|field| {
            let types = after
                .field(&field.name)
                .and_then(|after| Some((states.previous.column_type(field)?, states.next.column_type(after)?)));
            types.is_some_and(|(before, after)| test(&before, &after))
        })
    })
}

/// The options of a model, or else of one of its fields, before and after.
fn options(states: &Pair<ProjectState>, of_fields: bool, test: impl Fn(&Options, &Options) -> bool) -> bool {
    states.previous.models.iter().any(|(name, before)| {
        let Some(after) = states.next.models.get(name) else { return false };
        if !of_fields {
            return test(&before.options, &after.options);
        }
        let fields = before.fields.iter().filter_map(|field| Some((field, after.field(&field.name)?)));
        fields.into_iter().any(|(before, after)| test(&before.options, &after.options))
    })
}

/// A field before and after.
fn fields(states: &Pair<ProjectState>, test: impl Fn(&FieldState, &FieldState) -> bool) -> bool {
    states.previous.models.iter().any(|(name, before)| {
        let Some(after) = states.next.models.get(name) else { return false };
        before.fields.iter().any(|field| after.field(&field.name).is_some_and(|after| test(field, after)))
    })
}

fn is_text(ty: &ColumnType) -> bool {
    matches!(ty, ColumnType::Varchar(_) | ColumnType::Text)
}

fn is_enum(ty: &ColumnType) -> bool {
    matches!(ty, ColumnType::Enum(_))
}

const EDITS: &[Test<Pair<ProjectState>>] = &[
    ("an enum comes", |states| states.next.enums.keys().any(|name| !states.previous.enums.contains_key(name))),
    ("an enum goes", |states| states.previous.enums.keys().any(|name| !states.next.enums.contains_key(name))),
    ("a text at the end", |states| {
        enums(states, |before, after| {
            after.values.len() > before.values.len() && after.values.starts_with(&before.values)
        })
    }),
    ("a text at another place", |states| {
        enums(states, |before, after| {
            after.values.len() > before.values.len()
                && !after.values.starts_with(&before.values)
                && before.values.iter().all(|text| after.values.contains(text))
        })
    }),
    ("a text goes", |states| enums(states, |before, after| after.values.len() < before.values.len())),
    ("a text is called otherwise", |states| {
        enums(states, |before, after| {
            before.values.iter().any(|text| !after.values.contains(text) && after.values.contains(&format!("{text}'")))
        })
    }),
    ("another order", |states| {
        enums(states, |before, after| {
            let sorted = |values: &[String]| {
                let mut values = values.to_vec();
                values.sort();
                values
            };
            before.values != after.values && sorted(&before.values) == sorted(&after.values)
        })
    }),
    ("a text becomes one of an enum", |states| types(states, |before, after| is_text(before) && is_enum(after))),
    ("a text of an enum becomes any", |states| types(states, |before, after| is_enum(before) && is_text(after))),
    ("from one enum to another", |states| {
        types(states, |before, after| is_enum(before) && is_enum(after) && before != after)
    }),
    ("options of a model come", |states| options(states, false, |a, b| a.is_empty() && !b.is_empty())),
    ("options of a model go", |states| options(states, false, |a, b| !a.is_empty() && b.is_empty())),
    ("other options of a model", |states| options(states, false, |a, b| !a.is_empty() && !b.is_empty() && a != b)),
    ("options of a field come", |states| options(states, true, |a, b| a.is_empty() && !b.is_empty())),
    ("options of a field go", |states| options(states, true, |a, b| !a.is_empty() && b.is_empty())),
    ("a foreign key becomes pairs", |states| {
        fields(states, |before, after| before.reference().is_some() && before.carries_to(after))
    }),
    ("pairs become a foreign key", |states| {
        fields(states, |before, after| after.reference().is_some() && before.carries_to(after))
    }),
    ("a model in another app", |states| {
        let Pair { previous, next } = states;
        let gone = |name: &ModelRef| previous.models.contains_key(name) && !next.models.contains_key(name);
        let came = |name: &ModelRef| next.models.contains_key(name) && !previous.models.contains_key(name);
        previous.models.keys().filter(|name| gone(name)).any(|old| {
            next.models.keys().filter(|name| came(name)).any(|new| new.model == old.model && new.app != old.app)
        })
    }),
    ("a table into a schema", |states| schemas(states, |before, after| before.is_none() && after.is_some())),
    ("a table out of a schema", |states| schemas(states, |before, after| before.is_some() && after.is_none())),
    ("a table between schemas", |states| {
        schemas(states, |before, after| before.is_some() && after.is_some() && before != after)
    }),
];

#[test]
fn random_states_and_edits_have_every_feature() {
    let mut runner = TestRunner::deterministic();
    let mut states = Vec::new();
    for _ in 0..ROLLED {
        let mut dice = dice().new_tree(&mut runner).expect("dice").current();
        let previous = roll(&mut dice);
        let next = edit(&previous, &mut dice);
        states.push(Pair::new(previous, next));
    }
    let all = STATES.iter().map(|(what, is)| (what, states.iter().filter(|pair| is(&pair.next)).count()));
    let all = all.chain(EDITS.iter().map(|(what, is)| (what, states.iter().filter(|pair| is(pair)).count())));
    let all: Vec<_> = all.collect();
    let rare: Vec<_> = all.iter().filter(|(_, count)| *count < FEW).collect();
    assert!(rare.is_empty(), "hardly any of {ROLLED} have {rare:?}; all: {all:?}");
}

/// How many kinds of edits are counted.
const KINDS: usize = 41;

#[test]
fn counted_edits_are_of_every_kind_and_some_states_are_large() {
    let mut runner = TestRunner::deterministic();
    let rolled: Vec<Counted> = (0..400).map(|_| counted().new_tree(&mut runner).unwrap().current()).collect();
    let kinds: BTreeSet<&str> = rolled.iter().flat_map(|counted| counted.kinds.iter().copied()).collect();
    assert_eq!(kinds.len(), KINDS, "{kinds:#?}");
    let told = |counted: &Counted| counted.known(&mut Dice::new(vec![1; 64])).answers;
    assert!(rolled.iter().any(|counted| told(counted).keys().any(|id| id.starts_with("using:"))));
    assert!(rolled.iter().any(|counted| counted.states.previous.models.len() == 30));
    assert!(rolled.iter().any(|counted| counted.kinds.len() > 8));
}
