//! Who refers to whom.

use super::users::Used;
use super::{ConstraintKind, ConstraintState, FieldKind, FieldState, ModelState, ProjectState};
use crate::name::{FieldName, ModelRef};

impl ProjectState {
    /// The other models that refer to `model`.
    pub fn referrers<'a>(&'a self, model: &'a ModelRef) -> impl Iterator<Item = &'a ModelRef> {
        self.referring(model).map(|(name, _)| name).filter(move |other| *other != model)
    }

    /// The models that refer to `model`, itself among them where it does.
    pub(crate) fn referring(&self, model: &ModelRef) -> impl Iterator<Item = (&ModelRef, &ModelState)> {
        self.models.users(&Used::Model(model.clone())).filter_map(|name| self.models.get_key_value(name))
    }

    /// The models that have the table, themselves or for the pairs of a field.
    pub(crate) fn with_table(&self, table: &str) -> impl Iterator<Item = &ModelRef> {
        self.models.users(&Used::Table(table.to_owned()))
    }

    /// The models that have an index or a constraint of the name.
    pub(crate) fn with_name(&self, name: &str) -> impl Iterator<Item = &ModelRef> {
        self.models.users(&Used::Name(name.to_owned()))
    }

    /// The first model that refers to the field of `model` by name.
    pub(crate) fn referrer_of_field(&self, model: &ModelRef, field: &FieldName) -> Option<&ModelRef> {
        self.models.users(&Used::Field(model.clone(), field.clone())).next()
    }
}

impl ModelState {
    /// The models that this one refers to, by fields and by constraints; one may come twice.
    pub fn targets(&self) -> impl Iterator<Item = &ModelRef> {
        let constraints = self.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { to, .. } => Some(to),
            _ => None,
        });
        self.fields.iter().flat_map(FieldState::targets).chain(constraints)
    }

    /// The fields of other models, or its own, that this one refers to by name; one may come twice.
    pub(super) fn target_fields(&self) -> impl Iterator<Item = (&ModelRef, &FieldName)> {
        let fields = self.fields.iter().filter_map(FieldState::reference);
        let fields = fields.filter_map(|reference| Some((&reference.to, reference.to_field.as_ref()?)));
        let constraints = self.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { to, to_fields, .. } => Some(to_fields.iter().map(move |field| (to, field))),
            _ => None,
        });
        fields.chain(constraints.flatten())
    }

    /// True where a field or a constraint refers to `model`.
    #[must_use]
    pub fn refers_to(&self, model: &ModelRef) -> bool {
        self.targets().any(|target| target == model)
    }

    /// True where a `to_field` or a composite key refers to that field of `model` by name.
    #[must_use]
    pub fn refers_to_field(&self, model: &ModelRef, field: &FieldName) -> bool {
        let by_field = self.fields.iter().filter_map(FieldState::reference);
        let by_constraint = self.constraints.iter().any(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { to, to_fields, .. } => to == model && to_fields.contains(field),
            _ => false,
        });
        by_constraint || by_field.into_iter().any(|r| r.to == *model && r.to_field.as_ref() == Some(field))
    }

    /// True where a foreign key may refer to the field: it is part of the primary key, or of something unique.
    #[must_use]
    pub fn may_be_referred_to(&self, field: &FieldName) -> bool {
        self.keys().any(|key| key == field)
    }

    /// The fields of the primary key, and of whatever is unique; one may come twice.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &FieldName> {
        let constraints = self.constraints.iter().map(|constraint| match &constraint.kind {
            ConstraintKind::Unique { fields, .. } => fields.as_slice(),
            _ => &[],
        });
        let indexes = self.indexes.iter().filter(|index| index.unique).flat_map(|index| &index.fields);
        self.primary_key.iter().chain(constraints.flatten()).chain(indexes.map(|field| &field.field))
    }

    /// What of this model leans on the field, in words: the key, an index, a constraint, a generated column.
    #[must_use]
    pub fn leaning_on(&self, field: &FieldName, column: Option<&str>) -> Option<String> {
        if self.primary_key.contains(field) {
            return Some("the primary key".to_owned());
        }
        if let Some(index) = self.indexes.iter().find(|index| index.uses(field, column)) {
            return Some(format!("the index `{}`", index.name.as_deref().unwrap_or("?")));
        }
        if let Some(constraint) = self.constraints.iter().find(|constraint| constraint.uses(field, column)) {
            return Some(format!("the constraint `{}`", constraint.name.as_deref().unwrap_or("?")));
        }
        let column = column?;
        let generated = self.fields.iter().filter(|f| f.name != *field);
        let mut leaning = generated.filter(|f| f.generated.as_ref().is_some_and(|g| g.expression.mentions(column)));
        leaning.next().map(|f| format!("the generated field `{}`", f.name))
    }
}

impl FieldState {
    /// The models that the field names: its target, and the model of the pairs.
    pub fn targets(&self) -> impl Iterator<Item = &ModelRef> {
        let through = match &self.kind {
            FieldKind::ManyToMany(pairs) => pairs.through.as_ref(),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) => None,
        };
        self.target().into_iter().chain(through)
    }
}

impl ConstraintState {
    /// The fields that the constraint names; those of a fragment are not among them.
    #[must_use]
    pub fn fields(&self) -> &[FieldName] {
        match &self.kind {
            ConstraintKind::Unique { fields, .. } | ConstraintKind::ForeignKey { fields, .. } => fields,
            ConstraintKind::Check { .. } => &[],
            ConstraintKind::Choices { field, .. } | ConstraintKind::NonNegative { field } => {
                std::slice::from_ref(field)
            }
        }
    }

    /// The same, to be changed.
    pub fn fields_mut(&mut self) -> &mut [FieldName] {
        match &mut self.kind {
            ConstraintKind::Unique { fields, .. } | ConstraintKind::ForeignKey { fields, .. } => fields,
            ConstraintKind::Check { .. } => &mut [],
            ConstraintKind::Choices { field, .. } | ConstraintKind::NonNegative { field } => {
                std::slice::from_mut(field)
            }
        }
    }
}
