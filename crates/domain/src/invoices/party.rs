//! Seller, buyer and bank as they are typed: measured, checked, written one way.

use super::{Bank, Party};
use crate::kit::{Address, Email, Problems, clean};
use crate::merchants;

/// Reads a seller or buyer; the country as two letters.
pub(super) fn party(p: &Party, at: &str, problems: &mut Problems) -> Party {
    let mut text = |field: &str, value: &str, most: usize| clean(problems, &format!("{at}{field}"), value, most);
    let read = Party {
        name: text("name", &p.name, 300),
        address: Address {
            line1: text("address.line1", &p.address.line1, 200),
            line2: text("address.line2", &p.address.line2, 200),
            city: text("address.city", &p.address.city, 100),
            state: text("address.state", &p.address.state, 100),
            zip: text("address.zip", &p.address.zip, 20),
            country: String::new(),
        },
        vat_number: text("vat_number", &p.vat_number, 40).replace(' ', "").to_ascii_uppercase(),
        company_id: text("company_id", &p.company_id, 60),
        email: text("email", &p.email, 254),
        phone: text("phone", &p.phone, 60),
        language: text("language", &p.language, 35),
    };
    if !read.email.is_empty() && Email::parse(&read.email).is_none() {
        problems.add(format!("{at}email"), "invalid", "This is no e-mail address.");
    }
    let country = merchants::country_code(problems, &format!("{at}address.country"), &p.address.country);
    Party { address: Address { country, ..read.address }, ..read }
}

/// Reads where the money goes.
pub(super) fn bank(b: &Bank, problems: &mut Problems) -> Bank {
    let squeezed = |text: String| text.replace(' ', "").to_ascii_uppercase();
    let iban = squeezed(clean(problems, "bank.iban", &b.iban, 50));
    if !iban.is_empty() && !is_iban(&iban) {
        problems.add("bank.iban", "invalid", "This IBAN has a slip: its check digits do not fit.");
    }
    let bic = squeezed(clean(problems, "bank.bic", &b.bic, 20));
    let fits = matches!(bic.len(), 0 | 8 | 11) && bic.bytes().all(|c| c.is_ascii_alphanumeric());
    if !fits {
        problems.add("bank.bic", "invalid", "A BIC has 8 or 11 letters and digits.");
    }
    Bank { name: clean(problems, "bank.name", &b.name, 100), iban, bic }
}

/// Two letters, two check digits, up to thirty more, modulo 97 (ISO 13616).
fn is_iban(iban: &str) -> bool {
    let shape = (15..=34).contains(&iban.len()) && iban.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if !shape || !iban.bytes().take(2).all(|c| c.is_ascii_uppercase()) {
        return false;
    }
    let turned = iban.bytes().skip(4).chain(iban.bytes().take(4));
    let rest = turned.fold(0_u32, |rest, c| match c {
        b'0'..=b'9' => (rest * 10 + u32::from(c - b'0')) % 97,
        _ => (rest * 100 + u32::from(c - b'A') + 10) % 97,
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::is_iban;

    #[test]
    fn check_digits_of_an_iban_are_looked_at() {
        assert!(is_iban("DE02120300000000202051") && is_iban("GB82WEST12345698765432"));
        assert!(!is_iban("DE02120300000000202052") && !is_iban("DE") && !is_iban("1202120300000000202051"));
    }
}
