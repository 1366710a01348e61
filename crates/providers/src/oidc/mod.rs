//! An identity provider by OpenID Connect Core 1.0: the way to its sign-in with PKCE (RFC 7636), the exchange of the code, and what an ID token must be to
//! be believed. Pure: somebody else asks over the network, knows the time and keeps the keys.

mod calls;
mod keys;
mod metadata;
#[cfg(test)]
mod tests;
mod token;

pub use calls::{Ask, Tokens, authorize, exchange, more, read_more, read_tokens};
pub use keys::Keys;
pub use metadata::{Metadata, Missing};
pub use token::{Claims, Expected, Unfit, verify};

/// This installation as the provider knows it: one line of its register of applications.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// The provider's name for itself, without a slash at the end: `https://login.example.com/realms/desk`.
    pub issuer: String,
    /// Our number there.
    pub id: String,
    /// Our password there; none for a client that is public.
    pub secret: Option<String>,
    /// What people call the provider; on buttons.
    pub name: String,
    /// Domains of e-mail addresses that may come in; any when empty. Small letters.
    pub domains: Vec<String>,
    /// The provider asks everybody for a second factor, and its sign-in counts as one.
    pub second_factor: bool,
    /// An address that the provider does not call verified counts as if it did.
    pub trust_email: bool,
    /// The provider may be on this machine, without TLS; for tests.
    pub local: bool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("issuer", &self.issuer).field("id", &self.id).finish_non_exhaustive()
    }
}

impl Client {
    /// May it be asked there? Over TLS; in plain only on this machine, when that is allowed.
    pub fn may_ask(&self, address: &str) -> bool {
        let Ok(url) = url::Url::parse(address) else { return false };
        let here = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => return false,
        };
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        bare && (url.scheme() == "https" || (url.scheme() == "http" && here && self.local))
    }

    /// The address that people belong to, when the provider answers for it and it may come in. `Err` for one that may not.
    ///
    /// # Errors
    /// The domain of the address is not one of those allowed, or there is no address that the provider answers for.
    pub fn address<'a>(&self, claims: &'a Claims) -> Result<Option<&'a str>, Outside> {
        let email = claims.email.as_deref().filter(|_| claims.email_verified || self.trust_email);
        if self.domains.is_empty() {
            return Ok(email);
        }
        let domain = email.and_then(|e| e.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
        if domain.is_some_and(|d| self.domains.contains(&d)) { Ok(email) } else { Err(Outside) }
    }

    /// Did they prove themselves there with two factors?
    pub fn is_strong(&self, claims: &Claims) -> bool {
        self.second_factor || claims.methods.iter().any(|m| m == "mfa")
    }
}

/// Somebody with an address that may not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outside;

/// Why nothing came of a question to the provider; words for the log, and for whoever runs the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be asked, or talks nonsense.
    Down(String),
    /// It says no to this installation: its number, its password or its address are not right there.
    Setting(String),
    /// The code is used up, too old, or not ours.
    Code,
}
