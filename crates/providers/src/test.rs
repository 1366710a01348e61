//! The built-in test provider: the card number says what happens (SPEC 6.2). No network, no money.

use crate::news::PaymentStatus;

/// What a card number plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Play {
    /// How the payment ends, when it is not slow.
    pub status: PaymentStatus,
    /// Code of a failure.
    pub code: &'static str,
    /// Words of it.
    pub message: &'static str,
    /// The buyer goes to the bank afterwards.
    pub disputed: bool,
    /// Seconds until the provider says how it ended; until then it is pending.
    pub slow: i64,
    /// `visa`.
    pub brand: &'static str,
    /// The last four digits.
    pub last4: String,
    /// The same number has the same one.
    pub fingerprint: String,
}

/// The numbers that play something, with what they play in words; for the page that asks for one.
pub const CARDS: [(&str, &str); 6] = [
    ("4242 4242 4242 4242", "Paid"),
    ("4000 0000 0000 9995", "Lack of funds"),
    ("4000 0000 0000 9979", "Stolen card: refused for good"),
    ("4000 0000 0000 3220", "The bank wants to ask the buyer"),
    ("4000 0000 0000 0259", "Paid, then disputed"),
    ("4000 0000 0000 0077", "Paid, but the answer takes half a minute"),
];

/// What the number plays; any other valid number is paid. `None` when it is no card number.
pub fn play(number: &str) -> Option<Play> {
    let digits: String = number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if !(12..=19).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) || !luhn(&digits) {
        return None;
    }
    let paid = Play {
        status: PaymentStatus::Settled,
        code: "",
        message: "",
        disputed: false,
        slow: 0,
        brand: brand(&digits),
        last4: digits[digits.len() - 4..].to_owned(),
        fingerprint: format!("test_{:08x}", crc32fast::hash(digits.as_bytes())),
    };
    let failed = |code, message| Play { status: PaymentStatus::Failed, code, message, ..paid.clone() };
    Some(match digits.as_str() {
        "4000000000009995" => failed("insufficient_funds", "The card has insufficient funds."),
        "4000000000009979" => failed("stolen_card", "The card was reported stolen."),
        "4000000000003220" => failed("authentication_required", "The bank wants to ask the buyer before it pays."),
        "4000000000000259" => Play { disputed: true, ..paid },
        "4000000000000077" => Play { slow: 30, ..paid },
        _ => paid,
    })
}

/// What a card that was kept plays: the one of the list with this fingerprint; any other is paid.
pub fn play_saved(fingerprint: &str) -> Play {
    let known = CARDS.iter().filter_map(|(number, _)| play(number)).find(|p| p.fingerprint == fingerprint);
    known.unwrap_or_else(|| Play {
        status: PaymentStatus::Settled,
        code: "",
        message: "",
        disputed: false,
        slow: 0,
        brand: "card",
        last4: String::new(),
        fingerprint: fingerprint.to_owned(),
    })
}

fn brand(digits: &str) -> &'static str {
    match digits.as_bytes() {
        [b'4', ..] => "visa",
        [b'5', b'1'..=b'5', ..] | [b'2', b'2'..=b'7', ..] => "mastercard",
        [b'3', b'4' | b'7', ..] => "amex",
        _ => "card",
    }
}

/// The check digit of card numbers.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0');
            if i % 2 == 0 { d } else { d * 2 / 10 + d * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_card_plays_what_it_says_and_a_slip_is_no_card() {
        let plays: Vec<_> = CARDS.iter().map(|(number, _)| play(number).unwrap()).collect();
        let ends: Vec<_> = plays.iter().map(|p| (p.status, p.code, p.disputed, p.slow)).collect();
        use PaymentStatus::{Failed, Settled};
        let expected = [
            (Settled, "", false, 0),
            (Failed, "insufficient_funds", false, 0),
            (Failed, "stolen_card", false, 0),
            (Failed, "authentication_required", false, 0),
            (Settled, "", true, 0),
            (Settled, "", false, 30),
        ];
        assert_eq!(ends, expected);
        assert_eq!((plays[0].brand, plays[0].last4.as_str()), ("visa", "4242"));
        assert_eq!(play("5555-5555-5555-4444").unwrap().brand, "mastercard");
        assert_ne!(plays[0].fingerprint, plays[1].fingerprint);
        for card in &plays {
            assert_eq!(play_saved(&card.fingerprint), *card, "kept, it plays the same");
        }
        assert_eq!(play_saved("other").status, Settled);
        for wrong in ["", "4242", "4242 4242 4242 4243", "４２４２４２４２４２４２４２４２", "4242x4242x4242x4242"] {
            assert_eq!(play(wrong), None, "{wrong}");
        }
    }
}
