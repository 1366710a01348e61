//! The identity provider of the installation (SPEC 14.1; OpenID Connect): it says who somebody is, and lets in whoever connected their account with it. It
//! makes nobody: a person is here before, or holds an invitation to the address that the provider answers for.
//!
//! Its sign-in stands in the place of the password. It is a second factor only when it says so, or the operator does. What it is asked, and what it must
//! answer to be believed, is [`::providers::oidc`]'s; who may come in by it is decided here.

mod enter;
mod own;
pub mod queries;
#[cfg(test)]
mod tests;
mod visits;

use ::providers::oidc::{Claims, Client};

use super::means::Means;
use crate::kit::Micros;

pub use enter::{again, join, sign_in};
pub use own::{Connection, connect, connection, disconnect};
pub(super) use own::{is_connected, only_way};
pub use visits::{Back, Begun, HOLDS, PER_ADDRESS, Purpose, begin, begin_for_anybody, come_back};

/// Who somebody is at the provider; believed.
#[derive(Clone, Debug)]
pub struct Known {
    /// The provider.
    pub issuer: String,
    /// Their number there.
    pub subject: String,
    /// Their address, when the provider answers for it.
    pub email: Option<String>,
    /// What they are called there; may be empty.
    pub name: String,
    /// They proved themselves there with two factors.
    pub strong: bool,
    /// When they proved it, as far as the provider says.
    pub proven_at: Option<Micros>,
}

impl Known {
    /// From what a token says.
    ///
    /// # Errors
    /// [`Unfit::Outside`].
    pub fn of(client: &Client, claims: &Claims) -> Taken<Self> {
        let email = client.address(claims).map_err(|_| Unfit::Outside)?.map(str::to_owned);
        Ok(Self {
            issuer: client.issuer.clone(),
            subject: claims.subject.clone(),
            email,
            name: claims.name.clone(),
            strong: client.is_strong(claims),
            proven_at: claims.auth_time.map(|at| at.saturating_mul(1_000_000)),
        })
    }

    /// By which means a session of theirs is opened.
    fn means(&self) -> Means {
        if self.strong { Means::ProviderStrong } else { Means::Provider }
    }
}

/// Why somebody does not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It was not begun in this browser, took too long, or came back before.
    Over,
    /// The domain of their address may not come in.
    Outside,
    /// Nobody here has connected this account.
    NotConnected,
    /// The account is connected with somebody else, or is not the one that is asked for.
    OtherPerson,
    /// Another account of theirs is connected already.
    Another,
    /// The provider does not answer for the address that is needed.
    Address,
    /// The provider does not say that they proved themselves just now.
    NotNow,
    /// Two factors are needed, and the provider does not say that it asked for two.
    OneFactor,
}

impl Unfit {
    /// What the person is told of the provider of this name.
    pub fn words(self, name: &str) -> String {
        match self {
            Self::Over => "This sign-in took too long, was begun in another browser, or is over. Begin again.".to_owned(),
            Self::Outside => format!("{name} knows you by an e-mail address that may not come in here. Use the account of your work."),
            Self::NotConnected => {
                format!(
                    "This account of {name} is not connected with anybody here. Sign in another way once, then connect it under Your account."
                )
            }
            Self::OtherPerson => format!("This account of {name} belongs to somebody else here. Sign in there with your own."),
            Self::Another => format!("Another account of {name} is connected with yours. Disconnect that one first."),
            Self::Address => {
                format!("{name} does not say that your e-mail address here is yours. Ask whoever runs {name}, or go on with a password.")
            }
            Self::NotNow => format!("{name} does not say that you signed in there just now. Prove who you are another way."),
            Self::OneFactor => format!("{name} does not say that it asked you for a second factor. Use your own."),
        }
    }
}

/// What a verb says of somebody who comes back; the sign-in is used up, so a refusal is no error.
pub type Taken<T> = std::result::Result<T, Unfit>;
