//! Values to and from PostgreSQL's binary form, by the column's type: a whole number fits every width it fits into, NULL fits all.

use bytes::{BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::row::Cell;
use crate::{Value, ValueRef};

type BoxError = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for ValueRef<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, BoxError> {
        match self {
            ValueRef::Null | ValueRef::Owned(Value::Null) => Ok(IsNull::Yes),
            ValueRef::Text(text) => put_text(text, ty, out),
            ValueRef::Owned(Value::Text(text)) => put_text(text, ty, out),
            ValueRef::Int(n) | ValueRef::Owned(Value::Int(n)) => put_int(*n, ty, out),
            ValueRef::Bool(b) | ValueRef::Owned(Value::Bool(b)) if *ty == Type::BOOL => b.to_sql(ty, out),
            ValueRef::Bytes(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            ValueRef::Owned(Value::Bytes(bytes)) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            _ => Err(mismatch(ty)),
        }
    }

    fn accepts(_: &Type) -> bool {
        true // to_sql knows the value, and says what does not fit
    }

    to_sql_checked!();
}

fn put_text(text: &str, ty: &Type, out: &mut BytesMut) -> Result<IsNull, BoxError> {
    match *ty {
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::CHAR => {
            out.put_slice(text.as_bytes());
            Ok(IsNull::No)
        }
        _ => Err(mismatch(ty)),
    }
}

fn put_int(n: i64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, BoxError> {
    match *ty {
        Type::INT8 => n.to_sql(ty, out),
        Type::INT4 => i32::try_from(n)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(n)?.to_sql(ty, out),
        Type::OID => u32::try_from(n)?.to_sql(ty, out),
        _ => Err(mismatch(ty)),
    }
}

/// Says the type, never the value.
fn mismatch(ty: &Type) -> BoxError {
    format!("a parameter does not fit the type {ty}").into()
}

/// A cell looked at where the client holds it.
pub(crate) struct RawCell<'a>(pub Cell<'a>);

impl<'a> FromSql<'a> for RawCell<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, BoxError> {
        Ok(RawCell(match *ty {
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::CHAR | Type::UNKNOWN => Cell::Text(std::str::from_utf8(raw)?),
            Type::INT8 => Cell::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Cell::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT2 => Cell::Int(i64::from(i16::from_sql(ty, raw)?)),
            Type::OID => Cell::Int(i64::from(u32::from_sql(ty, raw)?)),
            Type::BOOL => Cell::Bool(bool::from_sql(ty, raw)?),
            Type::BYTEA => Cell::Bytes(raw),
            _ => return Err(format!("the type {ty} is outside the portable subset").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, BoxError> {
        Ok(RawCell(Cell::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
