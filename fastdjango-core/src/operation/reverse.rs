//! The way back.

use super::Operation;

impl Operation {
    /// The operation that undoes this one; `None` where there is no way back.
    ///
    /// The schema always returns; rows return wherever nothing was dropped.
    #[must_use]
    pub fn reverse(&self) -> Option<Self> {
        Some(match self.clone() {
            Self::CreateModel { model, definition } => Self::DeleteModel { model, definition },
            Self::DeleteModel { model, definition } => Self::CreateModel { model, definition },
            Self::RenameModel { from, to } => Self::RenameModel { from: to, to: from },
            Self::MoveModel { from, to } => Self::MoveModel { from: to, to: from },
            Self::ReceiveModel { model, from } => Self::ReceiveModel { model, from },
            Self::AlterModelTable { model, from, to } => Self::AlterModelTable { model, from: to, to: from },
            Self::AlterModelComment { model, from, to } => Self::AlterModelComment { model, from: to, to: from },
            Self::AlterModelExtensions { model, from, to } => Self::AlterModelExtensions { model, from: to, to: from },
            Self::AlterModelOptions { model, from, to } => Self::AlterModelOptions { model, from: to, to: from },
            Self::SetManaged { model, managed } => Self::SetManaged { model, managed: !managed },
            Self::AlterPrimaryKey { model, from, to } => Self::AlterPrimaryKey { model, from: to, to: from },
            Self::AddField { model, field, fill } => Self::RemoveField { model, field, reverse_fill: fill },
            Self::RemoveField { model, field, reverse_fill } => Self::AddField { model, field, fill: reverse_fill },
            // What an expression made of a value says nothing of the value, where no type has both.
            Self::AlterField { from, to, using: Some(_), reverse_using: None, .. } if to.is_apart_from(&from) => {
                return None;
            }
            Self::AlterField { model, from, to, fill, reverse_fill, using, reverse_using } => Self::AlterField {
                model,
                from: to,
                to: from,
                fill: reverse_fill,
                reverse_fill: fill,
                using: reverse_using,
                reverse_using: using,
            },
            Self::RenameField { model, from, to } => Self::RenameField { model, from: to, to: from },
            Self::AddIndex { model, index } => Self::RemoveIndex { model, index },
            Self::RemoveIndex { model, index } => Self::AddIndex { model, index },
            Self::RenameIndex { model, from, to } => Self::RenameIndex { model, from: to, to: from },
            Self::AddConstraint { model, constraint } => Self::RemoveConstraint { model, constraint },
            Self::RemoveConstraint { model, constraint } => Self::AddConstraint { model, constraint },
            Self::RenameConstraint { model, from, to } => Self::RenameConstraint { model, from: to, to: from },
            Self::CreateEnum { r#enum, values } => Self::DeleteEnum { r#enum, values },
            Self::DeleteEnum { r#enum, values } => Self::CreateEnum { r#enum, values },
            Self::AlterEnum { r#enum, from, to, renamed } => {
                let renamed = renamed.into_iter().map(|(old, new)| (new, old)).collect();
                Self::AlterEnum { r#enum, from: to, to: from, renamed }
            }
            Self::RunSql { sql, reverse, touches, elidable } => {
                Self::RunSql { sql: reverse?, reverse: Some(sql), touches, elidable }
            }
            Self::RunRust { run, reverse, touches, elidable } => {
                Self::RunRust { run: reverse?, reverse: Some(run), touches, elidable }
            }
            Self::StateOnly { operations } => Self::StateOnly { operations: reverse_all(&operations)? },
            Self::DatabaseOnly { operations } => Self::DatabaseOnly { operations: reverse_all(&operations)? },
        })
    }
}

/// The operations that undo these, the last of them first.
pub fn reverse_all(operations: &[Operation]) -> Option<Vec<Operation>> {
    operations.iter().rev().map(Operation::reverse).collect()
}
