//! Relations: their targets exist, can be referred to, and have one way back for each name.

use std::collections::BTreeMap;

use super::context::{Check, field_place, nearest, place, reference};
use crate::diagnostic::{Diagnostic, Location, code};
use crate::model::{FieldDef, ForeignKeyDef, Kind, ModelDef};
use crate::name::ModelRef;
use crate::state::{FieldKind, ModelState, Reference};

pub(super) fn targets(check: &mut Check<'_>) {
    for def in check.models {
        let Some(model) = check.state.models.get(&reference(def)) else { continue };
        for (field, state) in def.all_fields().zip(&model.fields) {
            let at = field_place(def, field);
            let path = format!("{}.{}", def.label.model, field.name);
            if let Some(missing) = state.targets().find(|target| !check.state.models.contains_key(target)) {
                let error = unknown_target(&path, missing, check);
                check.report(error.at(at));
                continue;
            }
            let fault = match &state.kind {
                FieldKind::ForeignKey(reference) => key_fault(&path, reference, check),
                FieldKind::ManyToMany(pairs) if pairs.through.is_none() => {
                    let own = keyless(&path, &reference(def), model);
                    own.or_else(|| check.state.models.get(&pairs.to).and_then(|to| keyless(&path, &pairs.to, to)))
                }
                FieldKind::Column(_) | FieldKind::ManyToMany(_) => None,
            };
            if let Some(error) = fault {
                check.report(error.at(at));
            }
        }
    }
}

fn unknown_target(path: &str, missing: &ModelRef, check: &Check<'_>) -> Diagnostic {
    let message = format!("`{path}` refers to `{missing}`, which is not registered");
    let known: Vec<String> = check.state.models.keys().map(ToString::to_string).collect();
    let error = Diagnostic::error(code::UNKNOWN_TARGET, message)
        .note("a crate's models are registered only where the program names the crate");
    match nearest(&missing.to_string(), known.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("name the crate of `{}` in `fastdjango::main!(…)`", missing.app)),
    }
}

/// What is wrong with the target of a foreign key that exists.
fn key_fault(path: &str, reference: &Reference, check: &Check<'_>) -> Option<Diagnostic> {
    let target = check.state.models.get(&reference.to)?;
    let Some(field) = &reference.to_field else { return keyless(path, &reference.to, target) };
    if target.field(field).is_none() {
        let message = format!("`{path}` refers to `{}.{field}`, which is no field", reference.to);
        let error = Diagnostic::error(code::UNKNOWN_TO_FIELD, message);
        let near = nearest(field.as_str(), target.fields.iter().map(|f| f.name.as_str()));
        return Some(match near {
            Some(near) => error.help(format!("did you mean `to_field = {near}`?")),
            None => error.help("name a field of the target, or leave `to_field` out to refer to its key"),
        });
    }
    let message = format!("`{path}` refers to `{}.{field}`, which two rows may share", reference.to);
    let error = Diagnostic::error(code::TARGET_NOT_UNIQUE, message).help(format!("say `unique` on `{field}`"));
    (!target.is_unique(std::slice::from_ref(field))).then_some(error)
}

fn keyless(path: &str, name: &ModelRef, target: &ModelState) -> Option<Diagnostic> {
    let what = match target.primary_key.len() {
        1 => return None,
        0 => "has no primary key",
        _ => "has a key of several fields",
    };
    let message = format!("`{path}` refers to `{name}`, which {what}");
    let error = Diagnostic::error(code::TARGET_WITHOUT_KEY, message);
    Some(
        error
            .help("refer to a unique field with `to_field = …`")
            .help("or, to several fields at once, with `#[model(foreign_key(fields = […], to = …, to_fields = […]))]`"),
    )
}

pub(super) fn composite_keys(check: &mut Check<'_>) {
    for def in check.models {
        for key in def.foreign_keys {
            if let Some(error) = composite_fault(def, key, check) {
                check.report(error.at(place(def)));
            }
        }
    }
}

fn composite_fault(def: &ModelDef, key: &ForeignKeyDef, check: &Check<'_>) -> Option<Diagnostic> {
    let name = def.label.model;
    let to = ModelRef::new(key.to.app, key.to.model);
    let Some(target) = check.state.models.get(&to) else {
        return Some(unknown_target(name, &to, check));
    };
    let mismatch = |message: String| Diagnostic::error(code::COMPOSITE_MISMATCH, message);
    if key.fields.len() != key.to_fields.len() {
        let message =
            format!("a foreign key of `{name}` has {} fields here and {} there", key.fields.len(), key.to_fields.len());
        return Some(mismatch(message).help("name as many `to_fields` as `fields`, in the same order"));
    }
    let missing = key.to_fields.iter().find(|field| target.field(&(**field).into()).is_none());
    if let Some(field) = missing {
        let message = format!("a foreign key of `{name}` refers to `{to}.{field}`, which is no field");
        return Some(Diagnostic::error(code::UNKNOWN_TO_FIELD, message).help("name fields of the target"));
    }
    let to_fields: Vec<_> = key.to_fields.iter().map(|&field| field.into()).collect();
    if !target.is_unique(&to_fields) {
        let message = format!(
            "a foreign key of `{name}` refers to ({}) of `{to}`, which two rows may share",
            key.to_fields.join(", ")
        );
        return Some(
            Diagnostic::error(code::TARGET_NOT_UNIQUE, message)
                .help("refer to its key, or to the fields of a `unique(…)`"),
        );
    }
    let here = check.state.models.get(&reference(def))?;
    let types = |model: &ModelState, field: &str| model.field(&field.into()).and_then(|f| check.state.column_type(f));
    let (mine, theirs) = key.fields.iter().zip(key.to_fields).find(|(mine, theirs)| {
        let (mine, theirs) = (types(here, mine), types(target, theirs));
        mine.is_some() && theirs.is_some() && mine != theirs
    })?;
    let message = format!("`{name}.{mine}` and `{to}.{theirs}` are of different types");
    let types = [types(here, mine), types(target, theirs)].map(|ty| ty.map(|ty| ty.to_string()).unwrap_or_default());
    Some(mismatch(message).note(types.join(" here, ") + " there").help("give both fields the same Rust type"))
}

/// A way back has one meaning: two relations to a model share no `related_name`, and none is a field of the target.
pub(super) fn related_names(check: &mut Check<'_>) {
    let mut ways: BTreeMap<(ModelRef, &str), Location> = BTreeMap::new();
    for def in check.models {
        for field in def.all_fields() {
            let (Some(name), Some(to)) = (field.related_name, target(field)) else { continue };
            let at = field_place(def, field);
            let is_field = check.state.models.get(&to).is_some_and(|target| target.field(&name.into()).is_some());
            let other = ways.insert((to.clone(), name), at.clone());
            let taken = other.map(|other| format!("the other is at {other}"));
            let taken = taken.or_else(|| is_field.then(|| format!("`{to}` has a field `{name}`")));
            if let Some(note) = taken {
                let message = format!("the way back from `{to}` to `{}` has a name in use, `{name}`", def.label.model);
                let error = Diagnostic::error(code::RELATED_NAME_TWICE, message).at(at).note(note);
                check.report(error.help("give this relation another `related_name`"));
            }
        }
    }
}

fn target(field: &FieldDef) -> Option<ModelRef> {
    match field.facts.kind {
        Kind::Column { .. } => None,
        Kind::ForeignKey { to, .. } | Kind::ManyToMany { to } => Some(ModelRef::new(to.app, to.model)),
    }
}
