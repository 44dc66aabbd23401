//! What a state says once references are followed: column types, keys, and whether two states are one.

use super::meaning;
use super::{ConstraintKind, ConstraintState, FieldKind, FieldState, IndexState, ModelState, ProjectState, Reference};
use crate::field::ColumnType;
use crate::name::{FieldName, ModelRef};

impl ProjectState {
    /// The field that a foreign key refers to; none where the target is missing or its key has several fields.
    #[must_use]
    pub fn referenced_field(&self, reference: &Reference) -> Option<&FieldState> {
        let target = self.models.get(&reference.to)?;
        match (&reference.to_field, target.primary_key.as_slice()) {
            (Some(field), _) | (None, [field]) => target.field(field),
            (None, _) => None,
        }
    }

    /// The type of a field's column; a foreign key has that of the field it refers to, however far away.
    #[must_use]
    pub fn column_type(&self, field: &FieldState) -> Option<ColumnType> {
        let mut field = field;
        // A key that refers to itself in a circle has no type; the number of models bounds the walk.
        for _ in 0..=self.models.len() {
            match &field.kind {
                FieldKind::Column(ty) => return Some(ty.clone()),
                FieldKind::ForeignKey(reference) => field = self.referenced_field(reference)?,
                FieldKind::ManyToMany(_) => return None,
            }
        }
        None
    }

    /// True where both states make the same schema, whatever the order of fields and the names of what models leave unnamed.
    #[must_use]
    pub fn equivalent(&self, other: &Self) -> bool {
        self.enums == other.enums
            && self.models.len() == other.models.len()
            && self.models.iter().all(|(name, mine)| other.models.get(name).is_some_and(|m| mine.equivalent(m)))
    }

    /// The references of every model, by field or by constraint, to one of `target`'s fields or to its key (`None`).
    pub(crate) fn references_to<'a>(&'a self, target: &'a ModelRef) -> impl Iterator<Item = Option<&'a [FieldName]>> {
        self.referring(target).flat_map(move |(_, model)| {
            let fields = model.fields.iter().filter_map(FieldState::reference).filter(|r| r.to == *target);
            let fields = fields.map(|r| r.to_field.as_ref().map(std::slice::from_ref));
            let constraints = model.constraints.iter().filter_map(move |constraint| match &constraint.kind {
                ConstraintKind::ForeignKey { to, to_fields, .. } if to == target => Some(Some(to_fields.as_slice())),
                _ => None,
            });
            fields.chain(constraints)
        })
    }
}

impl ModelState {
    /// True where no two rows ever share the values of `fields`, in whatever order: the key, a constraint, or a plain index.
    ///
    /// One that may be checked later is nothing to refer to: <https://www.postgresql.org/docs/current/sql-createtable.html>
    #[must_use]
    pub fn is_unique(&self, fields: &[FieldName]) -> bool {
        let same = |other: &mut dyn Iterator<Item = &FieldName>| {
            let other: Vec<&FieldName> = other.collect();
            other.len() == fields.len() && fields.iter().all(|field| other.contains(&field))
        };
        same(&mut self.primary_key.iter())
            || self.constraints.iter().any(|c| match &c.kind {
                ConstraintKind::Unique { fields, deferrable: None, .. } => same(&mut fields.iter()),
                _ => false,
            })
            || self.indexes.iter().any(|index| {
                let plain = index.unique && index.condition.is_none() && index.expression.is_none();
                plain && same(&mut index.fields.iter().map(|f| &f.field))
            })
    }

    /// True where both models make the same table; see [`ProjectState::equivalent`].
    #[must_use]
    pub fn equivalent(&self, other: &Self) -> bool {
        let facts = |m: &Self| (m.table.clone(), m.managed, m.comment.clone(), m.primary_key.clone(), m.fields.len());
        facts(self) == facts(other)
            && self.extensions == other.extensions
            && self.options == other.options
            && self.fields.iter().all(|mine| other.field(&mine.name).is_some_and(|field| mine.equivalent(field)))
            && same_items(&self.indexes, &other.indexes, IndexState::same_but_name)
            && same_items(&self.constraints, &other.constraints, ConstraintState::same_but_name)
    }
}

impl FieldState {
    /// True where both fields make the same column; the name of a foreign key's constraint does not count.
    #[must_use]
    pub fn equivalent(&self, other: &Self) -> bool {
        let same_column = || self.column == other.column || self.column_text() == other.column_text();
        self.name == other.name && same_column() && self.same_but_name(other)
    }

    /// True where only the name, the column, and the name of a foreign key's constraint may differ.
    #[must_use]
    pub fn same_but_name(&self, other: &Self) -> bool {
        self.options == other.options && self.same_to_the_database(other)
    }

    /// The same, whatever another tool says of the two.
    pub(crate) fn same_to_the_database(&self, other: &Self) -> bool {
        let same_kind = match (&self.kind, &other.kind) {
            (FieldKind::ForeignKey(mine), FieldKind::ForeignKey(theirs)) => mine.same_but_name(theirs),
            (mine, theirs) => mine == theirs,
        };
        same_kind
            && (self.null, self.auto) == (other.null, other.auto)
            && meaning::same_default(self, other)
            && self.collation == other.collation
            && meaning::same_generated(self.generated.as_ref(), other.generated.as_ref())
            && self.db_type == other.db_type
            && self.comment == other.comment
    }
}

impl Reference {
    /// True where `next` says the same; a name that `next` leaves open is the same.
    pub(super) fn matches(&self, next: &Self) -> bool {
        self.same_but_name(next) && (next.constraint.is_none() || self.constraint == next.constraint)
    }

    /// True where only the name of the constraint may differ.
    fn same_but_name(&self, other: &Self) -> bool {
        let Self { to, to_field, on_delete, on_update, deferrable, constraint: _ } = self;
        (to, to_field, deferrable) == (&other.to, &other.to_field, &other.deferrable)
            && (*on_delete, *on_update) == (other.on_delete, other.on_update)
    }
}

impl ConstraintState {
    /// True where only the name differs.
    #[must_use]
    pub fn same_but_name(&self, other: &Self) -> bool {
        meaning::same_constraint(&self.kind, &other.kind)
    }
}

/// True where the two lists hold the same things, each as often, in any order.
fn same_items<T>(mine: &[T], theirs: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    let mut left: Vec<&T> = theirs.iter().collect();
    mine.len() == theirs.len()
        && mine.iter().all(|item| left.iter().position(|other| same(item, other)).map(|at| left.remove(at)).is_some())
}
