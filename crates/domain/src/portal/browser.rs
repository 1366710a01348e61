//! The mark of a browser that a customer came in with: by it their tries are counted apart from those of strangers, who can shut an address for everybody
//! else but not for them. It opens no door, and nobody can make one: it is sealed for one address at one merchant.

use super::Portal;
use crate::kit::{Result, email_key, secret};
use crate::providers::Vault;

fn owner(portal: &Portal, email: &str) -> String {
    format!("portal browser {} {}", portal.merchant, email_key(email))
}

/// A new mark, for whoever has just come in as this address.
pub fn mark(vault: &Vault, portal: &Portal, email: &str) -> Result<String> {
    vault.seal(&owner(portal, email), &secret())
}

/// What a mark says, when it is one of this address.
pub fn marked(vault: &Vault, portal: &Portal, email: &str, kept: &str) -> Option<String> {
    vault.open(&owner(portal, email), kept)
}
