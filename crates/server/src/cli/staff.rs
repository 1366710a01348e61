//! `regulars staff`: whoever runs the installation helps somebody back in who lost everything (SPEC 14.1). It stands in the audit log of each of their
//! merchants.

use clap::{Args, Subcommand};
use domain::Error;
use domain::kit::{Clock as _, Door, SystemClock};
use domain::staff::{Moment, factor, resets};

use super::{Done, Place};

/// Flags of `staff`.
#[derive(Debug, Args)]
pub struct Staff {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Print a link to a new password: it works once, for half an hour. The second factor stays.
    PasswordLink {
        /// The e-mail address that they sign in with.
        email: String,
        /// The address people type: `https://desk.example.com`.
        #[arg(long, env = "REGULARS_BASE_URL", value_name = "URL")]
        base_url: Option<String>,
    },
    /// Take the second factor (app, passkeys and recovery codes) off somebody; their sessions end.
    SecondFactorOff {
        /// The e-mail address that they sign in with.
        email: String,
    },
}

impl Staff {
    /// Does it.
    ///
    /// # Errors
    /// In words.
    pub fn run(self, place: &Place) -> Done {
        let (db, file) = (place.open_there()?, place.file()?);
        let moment = Moment::new(SystemClock.now(), Door::Cli);
        let words = |e: Error| match e {
            Error::NotFound(_) => "Nobody signs in with this e-mail address.".to_owned(),
            other => other.to_string(),
        };
        match self.act {
            Act::PasswordLink { email, base_url } => {
                let made = db.write_now::<_, Error>(move |tx| resets::by_operator(tx, &moment, &email)).map_err(words)?;
                let base = base_url.or(file.base_url).unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
                println!("Give this to {}; it works once, for half an hour:", made.person.name);
                println!("{}/new-password/{}", base.trim_end_matches('/'), made.secret);
            }
            Act::SecondFactorOff { email } => {
                let site = file.smtp_url.as_ref().and(file.base_url);
                let done = db.write_now::<_, Error>(move |tx| factor::reset_by_operator(tx, &moment, &email, site.as_deref()));
                println!("{} signs in with the password alone now. Their sessions have ended.", done.map_err(words)?.name);
            }
        }
        Ok(())
    }
}
