//! The tone of a state (shape and colour; the word always stands beside it) and whole numbers as people read them.

use domain::customers::{MethodStatus, Status};

/// The tone of a customer's status.
pub fn of_status(status: Status) -> &'static str {
    match status {
        Status::Subscriber | Status::Active => "good",
        Status::Idle => "attention",
        Status::Churned => "problem",
        Status::Prospect | Status::Archived | Status::Deleted | Status::Anonymised => "quiet",
    }
}

/// The tone of a payment method status.
pub fn of_method(status: MethodStatus) -> &'static str {
    match status {
        MethodStatus::Active => "good",
        MethodStatus::ExpiringSoon => "attention",
        MethodStatus::Expired | MethodStatus::Invalid | MethodStatus::InsufficientFunds => "problem",
        MethodStatus::None | MethodStatus::Manual => "quiet",
    }
}

/// `12,480`
pub fn number(n: u64) -> String {
    domain::kit::thousands(&n.to_string())
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn thousands_are_parted() {
        assert_eq!([0, 999, 1000, 12_480, 1_000_000].map(number), ["0", "999", "1,000", "12,480", "1,000,000"]);
    }
}
