//! Enumerations that stand as a word in the database and in the API: states, kinds, outcomes.

/// Declares one: `words! { /// docs pub enum State { /// docs Draft = "draft", "Draft"; } }`. The first text is the word in the
/// database and in the API, the second the one on pages.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            /// Each of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in the database and in the API.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The word on pages.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> std::result::Result<Self, ()> {
                match text { $($word => Ok(Self::$variant),)* _ => Err(()) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }

        impl store::Bind for $name {
            fn value(&self) -> store::Value { store::Value::Text(self.name().to_owned()) }
            fn value_ref(&self) -> store::ValueRef<'_> { store::ValueRef::Text(self.name()) }
        }

        impl store::FromCell for $name {
            const WANT: &'static str = concat!("one of the words of ", stringify!($name));
            fn from_cell(cell: store::Cell<'_>) -> Option<Self> {
                if let store::Cell::Text(word) = cell { word.parse().ok() } else { None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
                s.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(d)?
                    .parse()
                    .map_err(|()| serde::de::Error::custom(concat!("expected one of", $(" ", $word),*)))
            }
        }
    };
}
pub(crate) use words;
