//! A statement: portable text with a name, checked and rewritten once, not at each use.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::{Engine, Error, dialect};

/// SQL text for both engines. A room declares its own in one `statements!` block; a list with filters builds its own.
pub struct Stmt {
    name: &'static str,
    text: Cow<'static, str>,
    ready: OnceLock<Ready>,
}

struct Ready {
    sqlite: String,
    parameters: usize,
    refusal: Option<&'static str>,
}

impl Stmt {
    /// A statement that stands in the source. `name` is what errors and the registry test call it.
    pub const fn new(name: &'static str, text: &'static str) -> Stmt {
        Stmt { name, text: Cow::Borrowed(text), ready: OnceLock::new() }
    }

    /// A statement built at run time (filters, sorts). Only text of the source goes in; what people typed goes into parameters.
    pub fn built(text: String) -> Stmt {
        Stmt { name: "built", text: Cow::Owned(text), ready: OnceLock::new() }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as this engine gets it.
    pub fn text_for(&self, engine: Engine) -> &str {
        match engine {
            Engine::Sqlite => &self.ready().sqlite,
            Engine::Postgres => &self.text,
        }
    }

    /// Refuses what no closure may say, and a wrong number of parameters.
    pub(crate) fn check(&self, given: usize) -> Result<(), Error> {
        let ready = self.ready();
        if let Some(why) = ready.refusal {
            return Err(Error::Other(format!("{}: {why}", self.name)));
        }
        if ready.parameters != given {
            return Err(Error::Other(format!("{}: takes {} parameters, got {given}", self.name, ready.parameters)));
        }
        Ok(())
    }

    pub(crate) fn parameters(&self) -> usize {
        self.ready().parameters
    }

    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| {
            let parameters = dialect::parameters(&self.text);
            Ready {
                sqlite: dialect::to_sqlite(&self.text),
                refusal: dialect::refusal(&self.text).or(parameters.err()),
                parameters: parameters.unwrap_or(0),
            }
        })
    }
}

impl std::fmt::Debug for Stmt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.text)
    }
}

/// Declares the statements of a room, and `ALL`, by which a test prepares each of them on both engines.
///
/// ```
/// store::statements! {
///     /// One customer by id.
///     pub FIND = "SELECT name FROM customers WHERE merchant_id = $1 AND id = $2";
///     COUNT = "SELECT COUNT(*) FROM customers WHERE merchant_id = $1";
/// }
/// assert_eq!(ALL.len(), 2);
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $text:expr;)*) => {
        $($(#[$meta])* $vis static $name: $crate::Stmt = $crate::Stmt::new(concat!(module_path!(), "::", stringify!($name)), $text);)*
        /// Every statement of this module; a test prepares them on both engines.
        pub static ALL: &[&$crate::Stmt] = &[$(&$name),*];
    };
}
