//! Parameters on their way in. A newtype of the trade implements [`Bind`] with one line; the types here lend instead of copying.

use crate::Error;

/// One value of a row to insert, or an owned parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Text(String),
    Int(i64),
    Bool(bool),
    Bytes(Vec<u8>),
}

/// A parameter as the engines take it: borrowed where possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueRef<'a> {
    Null,
    Text(&'a str),
    Int(i64),
    Bool(bool),
    Bytes(&'a [u8]),
    /// For types that can only make an owned value.
    Owned(Value),
}

/// Something that can be a parameter.
pub trait Bind {
    /// An owned copy.
    fn value(&self) -> Value;
    /// The same, borrowed where the type can. The default copies.
    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::Owned(self.value())
    }
}

impl Value {
    /// The same value, borrowed.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text),
            Value::Int(n) => ValueRef::Int(*n),
            Value::Bool(b) => ValueRef::Bool(*b),
            Value::Bytes(bytes) => ValueRef::Bytes(bytes),
        }
    }
}

impl<'a> ValueRef<'a> {
    /// Follows `Owned`, so that an engine has five cases to treat.
    pub(crate) fn flat(&self) -> ValueRef<'_> {
        match self {
            ValueRef::Owned(value) => value.as_ref(),
            other => other.clone(),
        }
    }

    /// Refuses NUL in text: PostgreSQL cannot store it, so SQLite must not either.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.flat() {
            ValueRef::Text(text) if text.as_bytes().contains(&0) => Err(Error::BadText),
            _ => Ok(()),
        }
    }
}

macro_rules! bind {
    ($($type:ty, $self:ident => $owned:expr, $lent:expr;)*) => {
        $(impl Bind for $type {
            fn value(&$self) -> Value { $owned }
            fn value_ref(&$self) -> ValueRef<'_> { $lent }
        })*
    };
}

bind! {
    str, self => Value::Text(self.to_owned()), ValueRef::Text(self);
    String, self => Value::Text(self.clone()), ValueRef::Text(self);
    i64, self => Value::Int(*self), ValueRef::Int(*self);
    i32, self => Value::Int(i64::from(*self)), ValueRef::Int(i64::from(*self));
    u32, self => Value::Int(i64::from(*self)), ValueRef::Int(i64::from(*self));
    bool, self => Value::Bool(*self), ValueRef::Bool(*self);
    [u8], self => Value::Bytes(self.to_vec()), ValueRef::Bytes(self);
    Vec<u8>, self => Value::Bytes(self.clone()), ValueRef::Bytes(self);
    Value, self => self.clone(), self.as_ref();
}

impl Bind for ValueRef<'_> {
    fn value(&self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Text(text) => Value::Text((*text).to_owned()),
            ValueRef::Int(n) => Value::Int(*n),
            ValueRef::Bool(b) => Value::Bool(*b),
            ValueRef::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            ValueRef::Owned(value) => value.clone(),
        }
    }
    fn value_ref(&self) -> ValueRef<'_> {
        self.flat()
    }
}

impl<T: Bind + ?Sized> Bind for &T {
    fn value(&self) -> Value {
        (**self).value()
    }
    fn value_ref(&self) -> ValueRef<'_> {
        (**self).value_ref()
    }
}

impl<T: Bind> Bind for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Bind::value)
    }
    fn value_ref(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, Bind::value_ref)
    }
}

macro_rules! into_ref {
    ($($type:ty),*) => { $(impl From<$type> for ValueRef<'_> { fn from(value: $type) -> Self { ValueRef::Owned(value.value()) } })* };
}
into_ref!(i64, i32, u32, bool);

impl<'a> From<&'a str> for ValueRef<'a> {
    fn from(text: &'a str) -> Self {
        ValueRef::Text(text)
    }
}

impl<'a> From<&'a String> for ValueRef<'a> {
    fn from(text: &'a String) -> Self {
        ValueRef::Text(text)
    }
}

impl From<String> for ValueRef<'_> {
    fn from(text: String) -> Self {
        ValueRef::Owned(Value::Text(text))
    }
}

macro_rules! into_value {
    ($($type:ty),*) => { $(impl From<$type> for Value { fn from(value: $type) -> Value { value.value() } })* };
}
into_value!(&str, &String, i64, i32, u32, bool, &[u8]);

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::Bytes(bytes)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}
