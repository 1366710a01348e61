//! The commonest passwords of ten characters and more, from the lists that leaked: what a guesser tries first. Lower case, sorted.

/// Sorted, so that it is searched by halves.
pub(super) const COMMONEST: &[&str] = &[
    "!qaz2wsx#edc", "0123456789", "01234567890", "0987654321", "1111111111", "11111111111", "1122334455", "1212121212", "1231231231",
    "123123123123", "1234512345", "123456123456", "123456789", "1234567890", "12345678900", "12345678901", "123456789012", "1234567890q",
    "123456789a", "123456789abc", "123456789o", "123456789q", "123456789z", "123456abc", "123456qwerty", "123qweasdzxc", "1a2b3c4d5e",
    "1g2w3e4r5t", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "1qazxsw23edc", "2222222222", "3333333333", "4444444444", "5555555555",
    "6666666666", "7777777777", "8888888888", "9876543210", "9999999999", "a123456789", "a1b2c3d4e5", "aaaaaaaaaa", "abc1234567",
    "abc123456789", "abcd123456", "abcd1234567", "abcdefghij", "abcdefghijk", "administrator", "alexander1", "asdasdasdasd", "asdfasdfasdf",
    "asdfghjkl1", "asdfghjkl;", "baseball123", "basketball", "basketball1", "bismillah1", "blink182blink182", "butterfly1", "changeme123",
    "changeme1234", "charlotte1", "cheeseburger", "chocolate1", "christopher", "computer123", "correcthorsebatterystaple", "dragonball",
    "elizabeth1", "football123", "football1234", "gwerty123456", "heather123", "helloworld", "helloworld1", "iloveyou12", "iloveyou123",
    "iloveyou1234", "internet123", "jonathan123", "justinbieber", "letmein123", "letmein1234", "liverpool1", "liverpoolfc", "manchester",
    "manchester1", "minecraft1", "mynameis123", "mypassword", "mypassword1", "newpassword", "parola1234", "pass123456", "passw0rd123",
    "password00", "password01", "password10", "password11", "password12", "password123", "password1234", "password12345", "password123456",
    "password2020", "password2021", "password2022", "password2023", "password2024", "password2025", "password2026", "password99",
    "passwordpassword", "princess12", "princess123", "q1w2e3r4t5", "q1w2e3r4t5y6", "qazwsxedcrfv", "qwe123456789", "qwer123456",
    "qwerasdfzxcv", "qwert12345", "qwerty0123", "qwerty1234", "qwerty12345", "qwerty123456", "qwertyqwerty", "qwertyuiop", "qwertyuiop1",
    "qwertyuiop123", "qwertyuiop[]", "regulars123", "samsung123", "september1", "skateboard", "spiderman1", "starwars123", "strawberry",
    "strawberry1", "summer2024", "summer2025", "sunshine12", "sunshine123", "superman123", "test123456", "test1234567", "testtest123",
    "valentina1", "volleyball", "welcome123", "welcome1234", "welcome2024", "welcome2025", "winter2024", "winter2025", "zaq12wsxcde3",
    "zaq1zaq1zaq1", "zxcvbnm123", "zxcvbnm1234", "zxcvbnm12345", "zxcvbnmasdfghjkl",
];

/// Is it one of them, whatever the case?
pub(super) fn is_common(password: &str) -> bool {
    COMMONEST.binary_search(&password.to_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_so_that_every_entry_is_found() {
        for word in COMMONEST {
            assert!(is_common(&word.to_uppercase()), "{word}");
        }
        assert!(!is_common("a long sentence nobody else has"));
    }
}
