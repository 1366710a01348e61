//! Passwords: which are taken, and their Argon2id hashes. Never called inside a transaction: a hash takes tens of milliseconds.

use std::sync::OnceLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use unicode_normalization::UnicodeNormalization;

use super::commonest::is_common;
use crate::kit::{Error, Problems, Result, email_key};

/// The shortest password taken, in characters.
pub const SHORTEST: usize = 10;
/// The longest: more would only make the hash slow.
pub const LONGEST: usize = 256;

/// The hash of a password that keeps the rules; made by [`accept`] alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Hashed(String);

impl Hashed {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_db(text: String) -> Self {
        Self(text)
    }

    /// Of somebody who has none: nothing fits it.
    pub(super) fn none() -> Self {
        Self(String::new())
    }

    /// There is a password.
    pub(super) fn is_some(&self) -> bool {
        !self.0.is_empty()
    }

    /// The hash of [`crate::testing::PASSWORD`], made once, so that a thousand tests do not each wait for it.
    #[cfg(feature = "testing")]
    pub fn of_tests() -> Self {
        Self("$argon2id$v=19$m=19456,t=2,p=1$RlXWGVsIdt7LUti0TK05hA$O8rQzt1dHt6nR9eyxxTAtSPMbosRdJrVA9GmnLBfkmA".to_owned())
    }
}

impl std::fmt::Debug for Hashed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hashed(…)")
    }
}

/// Notes in `problems`, under `field`, why this cannot be the password of the person with this e-mail and name.
pub fn check(problems: &mut Problems, field: &str, password: &str, email: &str, name: &str) {
    let length = password.chars().count();
    let low = password.trim().to_lowercase();
    let mailbox = email_key(email);
    let local = mailbox.split('@').next().unwrap_or_default().to_owned();
    if length == 0 {
        problems.add(field, "required", "Choose a password.");
    } else if length < SHORTEST {
        problems.add(field, "too_short", format!("Use at least {SHORTEST} characters. A short sentence is good."));
    } else if length > LONGEST {
        problems.add(field, "too_long", format!("Use at most {LONGEST} characters."));
    } else if low == mailbox || low == local || low == name.trim().to_lowercase() {
        problems.add(field, "invalid", "Don’t use your e-mail address or your name.");
    } else if is_common(&low) || one_character(&low) {
        problems.add(field, "too_common", "Many people use this password. Choose another one.");
    }
}

fn one_character(text: &str) -> bool {
    text.chars().next().is_some_and(|first| text.chars().all(|c| c == first))
}

/// Checks and hashes. Slow on purpose: call it outside of transactions, off the async threads.
///
/// # Errors
/// Field errors for `password`.
pub fn accept(password: &str, email: &str, name: &str) -> Result<Hashed> {
    let mut problems = Problems::default();
    check(&mut problems, "password", password, email, name);
    problems.check()?;
    hash(password)
}

/// The same password typed on another keyboard is the same text.
fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// OWASP's first choice of 2024 for Argon2id: 19 MiB, two passes, one lane.
fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

pub(super) fn hash(password: &str) -> Result<Hashed> {
    argon().hash_password(normal(password).as_bytes()).map(|h| Hashed(h.to_string())).map_err(|e| Error::Internal(format!("argon2: {e}")))
}

/// Does the password fit? Without a hash it takes as long and says no, so that the time does not tell which addresses are known.
pub(crate) fn fits(password: &str, hashed: Option<&Hashed>) -> bool {
    static NOBODY: OnceLock<Hashed> = OnceLock::new();
    let password: String = password.chars().take(LONGEST + 1).collect();
    let nobody = || NOBODY.get_or_init(|| hash("the password of nobody").unwrap_or_else(|_| Hashed(String::new())));
    let hashed = hashed.filter(|h| h.is_some());
    let kept = hashed.unwrap_or_else(nobody);
    let verified = PasswordHash::new(&kept.0).is_ok_and(|h| argon().verify_password(normal(&password).as_bytes(), &h).is_ok());
    verified && hashed.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(password: &str) -> Vec<&'static str> {
        let mut problems = Problems::default();
        check(&mut problems, "password", password, "ana.ruiz@example.es", "Ana Ruiz Gómez");
        problems.0.into_iter().map(|p| p.code).collect()
    }

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        for (password, code) in [
            ("", "required"),
            ("short", "too_short"),
            ("Password123", "too_common"),
            ("aaaaaaaaaaaa", "too_common"),
            ("ana.ruiz@example.es", "invalid"),
            ("ANA RUIZ GÓMEZ", "invalid"),
        ] {
            assert_eq!(codes(password), [code], "{password}");
        }
        assert!(codes("dos cafés y un té").is_empty());
        assert_eq!(codes(&"long ".repeat(60)), ["too_long"]);
    }

    #[test]
    fn the_hash_of_tests_is_of_the_password_of_tests() {
        assert!(
            fits(crate::testing::PASSWORD, Some(&Hashed::of_tests())),
            "put this in: {}",
            hash(crate::testing::PASSWORD).unwrap().as_str()
        );
    }

    #[test]
    fn a_password_fits_its_own_hash_and_no_other() {
        let hashed = accept("dos cafés y un té", "a@b", "A").unwrap();
        assert!(hashed.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(fits("dos cafés y un té", Some(&hashed)));
        assert!(fits("dos cafe\u{301}s y un te\u{301}", Some(&hashed)), "the same text in another normal form");
        assert!(!fits("dos cafés y un te", Some(&hashed)));
        assert!(!fits("the password of nobody", None));
        assert!(!fits("the password of nobody", Some(&Hashed::none())) && !fits("", Some(&Hashed::none())), "who has none has none");
        assert!(!format!("{hashed:?}").contains("argon2id"), "a log never shows a hash");
    }
}
