//! What another tool says of models and fields: it comes, goes and changes, and no database knows of it.

use fastdjango_core::field::{Opaque, Options, Real};
use fastdjango_core::name::ModelRef;
use fastdjango_core::state::{FieldState, ProjectState};

use super::Dice;

/// Gives some models and fields options, or others than they have.
pub(super) fn edit(state: &mut ProjectState, dice: &mut Dice) {
    if !dice.once_in(3) {
        return;
    }
    let names: Vec<ModelRef> = state.models.keys().cloned().collect();
    for _ in 0..=dice.below(3) {
        let Some(model) = dice.pick(&names).and_then(|name| state.models.get_mut(name)) else { continue };
        let has = |field: &FieldState| !field.options.is_empty();
        let at = model.fields.iter().position(has).filter(|_| dice.once_in(2));
        let at = at.unwrap_or_else(|| dice.below(2 * model.fields.len()));
        let options = model.fields.get_mut(at).map_or(&mut model.options, |field| &mut field.options);
        *options = some(dice);
    }
}

fn some(dice: &mut Dice) -> Options {
    let mut options = Options::new();
    for name in ["help_text", "a \"b\""] {
        if dice.once_in(2) {
            options.insert(name.to_owned(), value(dice));
        }
    }
    options
}

fn value(dice: &mut Dice) -> Opaque {
    match dice.below(6) {
        0 => Opaque::Boolean(dice.once_in(2)),
        1 => Opaque::Integer(-1),
        2 => Opaque::Real(Real(0.5)),
        3 => Opaque::Text("it's \"said\"\n".to_owned()),
        4 => Opaque::List(vec![Opaque::Integer(1), Opaque::Table(Options::new())]),
        _ => Opaque::Table(Options::from([("x".to_owned(), Opaque::List(Vec::new()))])),
    }
}
