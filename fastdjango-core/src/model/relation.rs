//! The types of fields that refer to other models.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::{FieldType, Keyed, Kind, Model, TypeFacts, Value, WrongValue};

/// A reference to a row of `T` by its key, an `i64` unless `K` says otherwise.
pub struct ForeignKey<T, K = i64> {
    key: K,
    target: PhantomData<fn() -> T>,
}

/// A reference that no other row shares: a foreign key with a unique constraint.
pub struct OneToOne<T, K = i64> {
    key: K,
    target: PhantomData<fn() -> T>,
}

macro_rules! reference {
    ($name:ident, $unique:literal) => {
        impl<T, K> $name<T, K> {
            /// The key that the row holds.
            pub fn key(&self) -> &K {
                &self.key
            }

            /// Refers to `row`.
            pub fn to(row: &T) -> Self
            where
                T: Keyed<K>,
            {
                Self::from(row.key())
            }
        }

        impl<T, K> From<K> for $name<T, K> {
            fn from(key: K) -> Self {
                Self { key, target: PhantomData }
            }
        }

        impl<T, K: Clone> Clone for $name<T, K> {
            fn clone(&self) -> Self {
                Self::from(self.key.clone())
            }
        }

        impl<T, K: Copy> Copy for $name<T, K> {}

        impl<T, K: fmt::Debug> fmt::Debug for $name<T, K> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.key.fmt(f)
            }
        }

        impl<T, K: PartialEq> PartialEq for $name<T, K> {
            fn eq(&self, other: &Self) -> bool {
                self.key == other.key
            }
        }

        impl<T, K: Eq> Eq for $name<T, K> {}

        impl<T, K: Hash> Hash for $name<T, K> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.key.hash(state);
            }
        }

        impl<T, K: serde::Serialize> serde::Serialize for $name<T, K> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.key.serialize(serializer)
            }
        }

        impl<'de, T, K: serde::Deserialize<'de>> serde::Deserialize<'de> for $name<T, K> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                K::deserialize(deserializer).map(Self::from)
            }
        }

        impl<T: Model, K: FieldType> FieldType for $name<T, K> {
            const FACTS: TypeFacts =
                TypeFacts { kind: Kind::ForeignKey { to: T::LABEL, unique: $unique }, nullable: false, nested: false };

            fn to_value(&self) -> Value {
                self.key.to_value()
            }

            fn from_value(value: Value, scale: Option<u32>) -> Result<Self, WrongValue> {
                K::from_value(value, scale).map(Self::from)
            }
        }
    };
}

reference!(ForeignKey, false);
reference!(OneToOne, true);

/// Pairs of rows, in a table of their own; the field itself holds nothing.
pub struct ManyToMany<T> {
    target: PhantomData<fn() -> T>,
}

impl<T> Default for ManyToMany<T> {
    fn default() -> Self {
        Self { target: PhantomData }
    }
}

impl<T> Clone for ManyToMany<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ManyToMany<T> {}

impl<T> fmt::Debug for ManyToMany<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ManyToMany")
    }
}

impl<T> PartialEq for ManyToMany<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for ManyToMany<T> {}

impl<T: Model> FieldType for ManyToMany<T> {
    const FACTS: TypeFacts = TypeFacts { kind: Kind::ManyToMany { to: T::LABEL }, nullable: false, nested: false };

    fn to_value(&self) -> Value {
        Value::Null
    }

    fn from_value(_: Value, _: Option<u32>) -> Result<Self, WrongValue> {
        Ok(Self::default())
    }
}
