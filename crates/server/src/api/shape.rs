//! An object is an object: what derives `Deserialize` would also take an array with its fields in their order, and mean something else the
//! day a field is added. Read a second time, a body whose arrays stand where objects belong is refused, with a pointer to the place.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};
use serde_json::{Error, Value};

/// Before the pointer in the error's words.
const MARK: char = '\u{1}';

/// The JSON pointer of an array that stands for an object in a body that is otherwise taken.
pub fn array_for_object<T: DeserializeOwned>(body: &[u8]) -> Option<String> {
    if !body.contains(&b'[') {
        return None;
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    let words = T::deserialize(Place { value: &value, pointer: String::new() }).err()?.to_string();
    words.strip_prefix(MARK).map(str::to_owned)
}

struct Place<'de> {
    value: &'de Value,
    pointer: String,
}

impl<'de> Place<'de> {
    fn below(&self, value: &'de Value, part: &str) -> Self {
        Self { value, pointer: format!("{}/{}", self.pointer, part.replace('~', "~0").replace('/', "~1")) }
    }
}

impl<'de> IntoDeserializer<'de, Error> for Place<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Place<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Object(map) => visitor.visit_map(MapDeserializer::new(map.iter().map(|(k, v)| (k.as_str(), self.below(v, k))))),
            Value::Array(all) => {
                visitor.visit_seq(SeqDeserializer::new(all.iter().enumerate().map(|(i, v)| self.below(v, &i.to_string()))))
            }
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        if self.value.is_array() { Err(Error::custom(format!("{MARK}{}", self.pointer))) } else { self.deserialize_any(visitor) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::array_for_object;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Line {
        sku: String,
        tags: Vec<String>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read by nobody: only the shape counts")]
    struct Order {
        name: String,
        lines: Vec<Line>,
        at: Option<Line>,
    }

    #[test]
    fn an_array_is_no_object_wherever_it_stands() {
        let place = |text: &str| array_for_object::<Order>(text.as_bytes());
        assert_eq!(place(r#"{"name":"a","lines":[{"tags":["x"]}],"at":{"sku":"y"}}"#), None);
        assert_eq!(place(r#"["a",[],null]"#).as_deref(), Some(""));
        assert_eq!(place(r#"{"name":"a","lines":[{},["x",[]]]}"#).as_deref(), Some("/lines/1"));
        assert_eq!(place(r#"{"name":"a","lines":[],"at":["x",[]]}"#).as_deref(), Some("/at"));
    }
}
