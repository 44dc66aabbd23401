//! Questions to a type that no trait of its own answers.

use std::marker::PhantomData;

use crate::model::{FieldType, ForeignKey, Keyed, Model, ModelDef, OneToOne, TypeFacts};

/// Asks a field's type what a trait alone cannot say: an inherent item wins over one of [`Otherwise`].
pub struct Probe<T>(PhantomData<T>);

/// The answers for a type that is no reference.
pub trait Otherwise {
    /// The target of a reference, and the type of its key.
    const TARGET: Option<(&'static ModelDef, TypeFacts)> = None;

    /// Compiles for every type but a reference to a model without such a key.
    fn refers_to_key() {}
}

impl<T> Otherwise for Probe<T> {}

// One impl for each type, and no macro: the compiler shows these lines where a target has another key.

impl<T: Model, K: FieldType> Probe<ForeignKey<T, K>> {
    /// The target, and the type of its key.
    pub const TARGET: Option<(&'static ModelDef, TypeFacts)> = Some((T::DEF, K::FACTS));

    /// Compiles where the target has a key of this type.
    pub fn refers_to_key()
    where
        T: Keyed<K>,
    {
    }
}

impl<T: Model, K: FieldType> Probe<OneToOne<T, K>> {
    /// The target, and the type of its key.
    pub const TARGET: Option<(&'static ModelDef, TypeFacts)> = Some((T::DEF, K::FACTS));

    /// Compiles where the target has a key of this type.
    pub fn refers_to_key()
    where
        T: Keyed<K>,
    {
    }
}

impl<T: Model, K: FieldType> Probe<Option<ForeignKey<T, K>>> {
    /// The target, and the type of its key.
    pub const TARGET: Option<(&'static ModelDef, TypeFacts)> = Some((T::DEF, K::FACTS));

    /// Compiles where the target has a key of this type.
    pub fn refers_to_key()
    where
        T: Keyed<K>,
    {
    }
}

impl<T: Model, K: FieldType> Probe<Option<OneToOne<T, K>>> {
    /// The target, and the type of its key.
    pub const TARGET: Option<(&'static ModelDef, TypeFacts)> = Some((T::DEF, K::FACTS));

    /// Compiles where the target has a key of this type.
    pub fn refers_to_key()
    where
        T: Keyed<K>,
    {
    }
}
