//! The three kinds of value a statement takes and a row holds.

use super::{DbError, DbResult};

/// A parameter or a column.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    /// `NULL`
    Null,
    /// `BIGINT`
    Int(i64),
    /// `TEXT`
    Text(String),
    /// `BYTEA`
    Bytes(Vec<u8>),
}

/// The parameters of a statement, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}
pub(crate) use params;

/// One row of an answer.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Row(pub(super) Vec<Value>);

impl Row {
    /// A number that is there.
    pub(crate) fn int(&self, column: usize) -> DbResult<i64> {
        self.opt_int(column)?.ok_or(DbError::Column {
            column,
            expected: "a number",
        })
    }

    /// A number, or nothing.
    pub(crate) fn opt_int(&self, column: usize) -> DbResult<Option<i64>> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Ok(Some(*value)),
            Some(Value::Null) => Ok(None),
            _ => Err(DbError::Column {
                column,
                expected: "a number",
            }),
        }
    }

    /// A text that is there.
    pub(crate) fn text(&self, column: usize) -> DbResult<&str> {
        self.opt_text(column)?.ok_or(DbError::Column {
            column,
            expected: "a text",
        })
    }

    /// A text, or nothing.
    pub(crate) fn opt_text(&self, column: usize) -> DbResult<Option<&str>> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(DbError::Column {
                column,
                expected: "a text",
            }),
        }
    }

    /// Bytes that are there.
    pub(crate) fn bytes(&self, column: usize) -> DbResult<&[u8]> {
        self.opt_bytes(column)?.ok_or(DbError::Column {
            column,
            expected: "bytes",
        })
    }

    /// Bytes, or nothing.
    pub(crate) fn opt_bytes(&self, column: usize) -> DbResult<Option<&[u8]>> {
        match self.0.get(column) {
            Some(Value::Bytes(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(DbError::Column {
                column,
                expected: "bytes",
            }),
        }
    }
}

macro_rules! value_from {
    ($($from:ty => $name:ident => $to:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($name: $from) -> Self { $to }
        })*
    };
}

value_from! {
    i64 => value => Self::Int(value);
    u8 => value => Self::Int(i64::from(value));
    u32 => value => Self::Int(i64::from(value));
    String => value => Self::Text(value);
    &str => value => Self::Text(value.to_owned());
    &String => value => Self::Text(value.clone());
    Vec<u8> => value => Self::Bytes(value);
    &[u8] => value => Self::Bytes(value.to_owned());
    &tributary_model::OdsCode => value => Self::Text(value.as_str().to_owned());
    tributary_model::Timestamp => value => Self::Int(value.0);
    tributary_model::IdentityId => value => Self::Int(value.0);
    tributary_model::PatientId => value => Self::Int(value.0);
    tributary_model::Version => value => Self::Int(value.0);
    tributary_model::FeedId => value => Self::Int(value.0);
    tributary_model::SubmissionId => value => Self::Int(value.0);
    tributary_model::AccountId => value => Self::Int(value.0);
    tributary_model::AccessNumber => value => Self::Int(value.0);
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<T> From<Option<T>> for Value
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}
