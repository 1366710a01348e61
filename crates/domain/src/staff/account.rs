//! What people change about themselves: name, password, and how pages look to them.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::password::{self, Hashed, fits};
use super::sessions::note;
use super::{Moment, SignedIn, queries, sessions};
use crate::events::Event;
use crate::kit::{Error, Locale, PersonId, Problems, Result, clean};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// The name in the database and in forms.
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $text),* } }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> std::result::Result<Self, ()> { match text { $($text => Ok(Self::$variant),)* _ => Err(()) } }
        }
    };
}

choice! {
    /// Light or dark.
    Theme {
        /// As the device says.
        #[default]
        System = "system",
        /// Always light.
        Light = "light",
        /// Always dark.
        Dark = "dark",
    }
}

choice! {
    /// How high a row of a list is.
    Density {
        /// 40 px.
        #[default]
        Comfortable = "comfortable",
        /// 32 px.
        Compact = "compact",
    }
}

/// How pages look to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Keyboard shortcuts are on.
    pub shortcuts: bool,
    /// Light or dark.
    pub theme: Theme,
    /// Height of rows.
    pub density: Density,
    /// How dates and numbers are written; `None`: as the browser says.
    #[serde(skip)]
    pub locale: Option<&'static Locale>,
}

impl Default for Look {
    fn default() -> Self {
        Self { shortcuts: true, theme: Theme::System, density: Density::Comfortable, locale: None }
    }
}

/// The longest name of a person, in characters.
pub const NAME_MAX: usize = 100;

/// A person's name, trimmed; notes under `name` what is wrong with it.
pub(super) fn person_name(problems: &mut Problems, text: &str) -> String {
    let name = clean(problems, "name", text, NAME_MAX);
    if name.is_empty() {
        problems.add("name", "required", "Fill in a name.");
    } else if name.chars().any(char::is_control) {
        problems.add("name", "invalid", "Leave out line breaks and control characters.");
    }
    name
}

/// Changes the person's own name. What they did before keeps the name it was done under.
pub fn rename(tx: &mut Tx, who: &SignedIn, moment: &Moment, name: &str) -> Result<()> {
    let mut problems = Problems::default();
    let name = person_name(&mut problems, name);
    problems.check()?;
    if name != who.person.name {
        tx.exec(&queries::PERSON_NAME, &[&who.person.id, &name])?;
        note(
            tx,
            who,
            moment,
            Event::new("person.renamed").on("person", who.person.id.as_str()).value("name", Some(&who.person.name), Some(&name)),
        )?;
    }
    Ok(())
}

/// Changes how pages look to the person. Leaves no event: it changes nothing for anybody else.
pub fn set_look(tx: &mut Tx, who: &SignedIn, look: Look) -> Result<()> {
    tx.exec(
        &queries::PERSON_LOOK,
        &[&who.person.id, &look.shortcuts, &look.theme.name(), &look.density.name(), &look.locale.map_or("", |l| l.tag)],
    )?;
    Ok(())
}

/// A change of password that was checked outside of the transaction.
#[derive(Debug)]
pub struct NewPassword {
    old: Hashed,
    new: Hashed,
}

/// The person's present hash, to be checked by [`check_password`]. A read.
pub fn present(tx: &mut Tx, person: &PersonId) -> Result<Hashed> {
    tx.opt(&queries::PERSON, &[person], |r| Ok(Hashed::from_db(r.get("password_hash")?)))?.ok_or(Error::NotFound("person"))
}

/// Has the person a password? Who joined through the identity provider has none until they choose one.
pub(super) fn has_password(tx: &mut Tx, person: &PersonId) -> Result<bool> {
    Ok(present(tx, person)?.is_some())
}

/// Checks the present password, where there is one, and hashes the new one. Slow; outside of transactions.
///
/// # Errors
/// Field errors for `current` and `password`.
pub fn check_password(who: &SignedIn, present: Hashed, current: &str, new: &str) -> Result<NewPassword> {
    let mut problems = Problems::default();
    password::check(&mut problems, "password", new, &who.person.email, &who.person.name);
    if !present.is_some() {
        // A fresh sign-in was asked for; there is nothing else to prove.
    } else if !fits(current, Some(&present)) {
        problems.add("current", "invalid", "This is not your present password.");
    } else if current == new {
        problems.add("password", "invalid", "Choose a password that differs from the present one.");
    }
    problems.check()?;
    Ok(NewPassword { new: password::hash(new)?, old: present })
}

/// Writes the new password and ends all other sessions of the person; gives how many ended.
///
/// # Errors
/// [`Error::Conflict`] `password_changed` when it was changed elsewhere since it was checked.
pub fn set_password(tx: &mut Tx, who: &SignedIn, moment: &Moment, change: &NewPassword) -> Result<u64> {
    let (old, new) = (change.old.as_str(), change.new.as_str());
    if tx.exec(&queries::PERSON_PASSWORD, &[&who.person.id, &old, &new])? == 0 {
        return Err(Error::conflict("password_changed", "Your password was changed elsewhere meanwhile. Sign in again."));
    }
    note(tx, who, moment, Event::new("person.password_changed").on("person", who.person.id.as_str()))?;
    super::halves::forget(tx, &who.person.id)?;
    sessions::revoke_others(tx, who, moment)
}
