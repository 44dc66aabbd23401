//! The codes of models and of detection; a code keeps its meaning for ever.

/// One app label in two crates.
pub const LABEL_TWICE: &str = "E101";
/// Two models of one name in an app.
pub const MODEL_TWICE: &str = "E102";
/// Two models with one table.
pub const TABLE_TWICE: &str = "E103";
/// A relation to a model that is not registered.
pub const UNKNOWN_TARGET: &str = "E104";
/// A `to_field` that the target does not have.
pub const UNKNOWN_TO_FIELD: &str = "E105";
/// A `to_field`, or the fields of a composite foreign key, that two rows of the target may share.
pub const TARGET_NOT_UNIQUE: &str = "E106";
/// A foreign key to a model whose key has no field, or several.
pub const TARGET_WITHOUT_KEY: &str = "E107";
/// A composite foreign key whose columns do not fit their targets.
pub const COMPOSITE_MISMATCH: &str = "E108";
/// A key, index, or constraint that names a field which the model does not have.
pub const UNKNOWN_FIELD: &str = "E109";
/// Two fields with one column.
pub const COLUMN_TWICE: &str = "E110";
/// Two relations with one way back.
pub const RELATED_NAME_TWICE: &str = "E111";
/// A table of pairs under the name of another table.
pub const JOIN_TABLE_TWICE: &str = "E112";
/// A name longer than every database keeps whole.
pub const NAME_TOO_LONG: &str = "E113";
/// Two fields numbered by the database in one model.
pub const AUTO_TWICE: &str = "E114";
/// Two indexes or constraints with one name.
pub const NAME_TWICE: &str = "E115";
/// Two enums with one type.
pub const ENUM_TWICE: &str = "E116";
/// A native enum that no app, or none of the project, owns.
pub const ENUM_WITHOUT_OWNER: &str = "E117";
/// A native enum under a name that means something else already.
pub const ENUM_NAME_TAKEN: &str = "E118";
/// A name with dots that is no schema and its table.
pub const TABLE_NAME: &str = "E119";
/// A `renamed_from` whose old name is still there, or which another one claims too.
pub const HINT_STILL_THERE: &str = "E303";
/// A `renamed_from` whose old name nothing ever had, while something goes.
pub const HINT_NAMES_NOTHING: &str = "E309";
/// An answer that does not fit its question.
pub const BAD_ANSWER: &str = "E304";
/// Changes that no order of operations can make.
pub const NO_ORDER: &str = "E305";
/// Rows that exist would have no value.
pub const NO_VALUE: &str = "E301";
/// An app whose migrations are there, and not one of its models.
pub const APP_WITHOUT_MODELS: &str = "E234";
/// Something vanished, something like it appeared, and nobody said whether it is the same.
pub const RENAME_OR_NOT: &str = "E302";
/// A field keeps what it holds in another place from now on, and nobody said whether that comes along.
pub const KEPT_OR_NOT: &str = "E313";
/// A type that has no value in common with the one before, and nobody said how the values become those of it.
pub const NO_CONVERSION: &str = "E314";
/// A field goes, with its values.
pub const FIELD_REMOVED: &str = "W101";
/// A model goes, with its rows.
pub const MODEL_DELETED: &str = "W102";
/// Values are converted to a type that need not hold them.
pub const VALUES_CONVERTED: &str = "W103";
/// A column becomes narrower.
pub const COLUMN_NARROWED: &str = "W104";
/// Rows that exist may share values that must be unique from now on.
pub const UNIQUE_ON_ROWS: &str = "W105";
/// A relation is made anew, and its pairs or values go.
pub const RELATION_REMADE: &str = "W106";
/// A reference finds its rows by another field, or among the rows of another model.
pub const REFERENCE_MOVED: &str = "W107";
/// Values that were written give way to computed ones.
pub const VALUES_COMPUTED: &str = "W108";
