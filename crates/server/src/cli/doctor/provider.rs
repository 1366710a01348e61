//! The identity provider: does it describe itself as it should, and are there keys that are read here? Nobody is signed in.

use providers::oidc::{Client, Trouble};

use super::{Report, Seen};
use crate::cli::serve::Reach;
use crate::config;
use crate::oidc::Said;

const CHECK: &str = "identity provider";

/// Asks it.
pub fn look(seen: &Seen<'_>, reach: &Result<Reach, String>, report: &mut Report) {
    let client = match config::oidc(&seen.file) {
        Ok(Some(client)) => client,
        Ok(None) => return,
        Err(words) => return report.todo(CHECK, words, "Mend oidc_issuer and oidc_client_id in the configuration."),
    };
    if seen.offline {
        return report.note(CHECK, format!("{} was not asked.", client.issuer));
    }
    match asked(seen, &client) {
        Ok(says) => report.fine(CHECK, says),
        Err((says, todo)) => return report.todo(CHECK, says, todo),
    }
    if let Ok(Reach { base_url, .. }) = reach {
        if base_url.is_empty() {
            report.todo(CHECK, "People come back from it to base_url, and none is set.", "Set base_url to the address that people type.");
        } else {
            report.note(CHECK, format!("It must know the address {base_url}/sign-in/oidc/callback; that was not looked at."));
        }
    }
}

fn asked(seen: &Seen<'_>, client: &Client) -> Result<String, (String, String)> {
    let words = |trouble: Trouble| match trouble {
        Trouble::Down(words) | Trouble::Setting(words) => words,
        Trouble::Code => String::new(),
    };
    let said = Said::default();
    let at = said.metadata(client, seen.now).map_err(|trouble| {
        let todo = format!(
            "Open {}/.well-known/openid-configuration in a browser; oidc_issuer must be what it calls itself there.",
            client.issuer
        );
        (format!("{}: {}", client.issuer, words(trouble)), todo)
    })?;
    let keys = said
        .keys(&at, seen.now)
        .map_err(|trouble| (format!("{}: {}", at.keys, words(trouble)), "Look whether this machine reaches that address.".to_owned()))?;
    if keys.is_empty() || !at.signs {
        let says = format!("{} shows no key for RS256 or ES256.", client.issuer);
        return Err((says, "Let it sign ID tokens with RS256 or ES256.".to_owned()));
    }
    let proof = if at.proof_keys { "" } else { " It does not say that it knows PKCE (S256), which is sent anyway." };
    Ok(format!("{} describes itself and shows its keys.{proof}", client.issuer))
}
