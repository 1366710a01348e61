//! Passkeys: keys that a person's own devices hold and use after a fingerprint, a face or a PIN (SPEC 14.1; W3C Web Authentication, Level 2). One
//! proves both that the device is there and who uses it, so it signs in alone; it also stands in the place of a code, and of the password, wherever
//! those are asked for.
//!
//! The database holds public keys alone. An answer counts once, within five minutes, for the visit that it was asked of and at this installation's
//! own address; it is taken only when the device has seen its user. No statement about the make of a device is asked for or read.

mod add;
mod asked;
mod cbor;
mod key;
mod manage;
mod prove;
pub mod queries;
#[cfg(any(test, feature = "testing"))]
pub mod soft;
#[cfg(test)]
mod tests;
mod wire;

use crate::kit::{Micros, PasskeyId};

pub use add::{Added, Invited, add, invite};
pub use asked::{Asked, AskedAnybody, HOLDS, PER_ADDRESS, Visit, ask, ask_anybody};
pub use key::ALGORITHMS;
pub(super) use manage::{forget_all, how_many, lock};
pub use manage::{list, remove};
pub use prove::{again, second_step, sign_in};

/// The most a person may have.
pub const MOST: usize = 20;
/// The longest name of one, in characters.
pub const NAME_MAX: usize = 60;

/// The address of this installation as browsers see it: a passkey is bound to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The host alone: `desk.example.com`.
    pub id: String,
    /// Scheme, host and port: `https://desk.example.com`.
    pub origin: String,
}

impl Party {
    /// Of a public address. `None` where browsers know no passkeys: over plain HTTP (but for `localhost`), and at a bare network address.
    pub fn of(origin: &str) -> Option<Self> {
        let url = url::Url::parse(origin).ok()?;
        let url::Host::Domain(host) = url.host()? else { return None };
        let safe = url.scheme() == "https" || (url.scheme() == "http" && host == "localhost");
        safe.then(|| Self { id: host.to_owned(), origin: url.origin().ascii_serialization() })
    }
}

/// A line of the list of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// What the person calls it.
    pub name: String,
    /// Microseconds UTC.
    pub created_at: Micros,
    /// When it last proved something; `None` when never since it was made.
    pub last_used_at: Option<Micros>,
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is no answer of a passkey.
    Form,
    /// It answers another question: a passkey was made where one was to be used, or the other way round.
    Kind,
    /// The question was answered already, is too old, or was put to another visit.
    Challenge,
    /// It was given to another site.
    Site,
    /// The device did not see its user, or did not make sure who it is.
    Unseen,
    /// Signatures of this kind are not read.
    Algorithm,
    /// No passkey here; it may have been removed.
    Unknown,
    /// It is somebody else's.
    NotTheirs,
    /// It is registered already.
    Registered,
    /// The signature does not fit.
    Signature,
    /// The device's count went back: there may be a copy of it.
    Copied,
}

impl Unfit {
    /// What the person is told.
    pub fn words(self) -> &'static str {
        match self {
            Self::Challenge => "That took too long, or was used already. Try again.",
            Self::Unseen => "Your device did not make sure that it is you. Unlock it with its PIN, fingerprint or face, then try again.",
            Self::Algorithm => "This device makes signatures that are not known here. Use another one.",
            Self::Unknown => "This passkey is not known here. It may have been removed.",
            Self::NotTheirs => "This passkey belongs to another account.",
            Self::Registered => "This passkey is registered already.",
            Self::Copied => "This passkey was refused: it may have been copied. The owner of the account was told.",
            Self::Form => "No passkey came along. Press the button and follow your device.",
            Self::Kind | Self::Site | Self::Signature => "This passkey does not fit. Try again.",
        }
    }
}

/// What a verb says of an answer; the refusal is written down too (the question is used up), so it is no error.
pub type Taken<T> = std::result::Result<T, Unfit>;
