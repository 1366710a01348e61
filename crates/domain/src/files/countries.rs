//! Countries: ISO 3166-1 alpha-2 codes with English names for select lists, and the way from what files say
//! to a code. A text that names no single country has no code ("Channel Islands" are Guernsey and Jersey,
//! "European Community" is many, "Unspecified" is none): the caller keeps the text and guesses nothing.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Code and English name of every country, by name.
pub fn all() -> &'static [(&'static str, &'static str)] {
    COUNTRIES
}

/// The code of a country given by code or name, in any case, with or without accents; common other names
/// (`UK`, `EIRE`, `RSA`, `Holland`) are known.
pub fn code_of(name_or_code: &str) -> Option<&'static str> {
    static CODES: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    let codes = CODES.get_or_init(|| {
        let names = COUNTRIES.iter().flat_map(|(code, name)| [(fold(code), *code), (fold(name), *code)]);
        names.chain(ALIASES.iter().map(|(alias, code)| (fold(alias), *code))).collect()
    });
    codes.get(&fold(name_or_code)).copied()
}

/// The English name of a code (in capitals).
pub fn name_of(code: &str) -> Option<&'static str> {
    static NAMES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    NAMES.get_or_init(|| COUNTRIES.iter().copied().collect()).get(code).copied()
}

/// Letters only, without case, accents and a leading "the"; "&" is "and".
fn fold(name: &str) -> String {
    let plain: String = name
        .replace('&', " and ")
        .nfd()
        .filter(|&c| !is_combining_mark(c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    match words[..] {
        ["the", ref rest @ ..] if !rest.is_empty() => rest.concat(),
        _ => words.concat(),
    }
}

#[rustfmt::skip]
const COUNTRIES: &[(&str, &str)] = &[
    ("AF", "Afghanistan"), ("AX", "Åland Islands"), ("AL", "Albania"), ("DZ", "Algeria"), ("AS", "American Samoa"),
    ("AD", "Andorra"), ("AO", "Angola"), ("AI", "Anguilla"), ("AQ", "Antarctica"), ("AG", "Antigua and Barbuda"),
    ("AR", "Argentina"), ("AM", "Armenia"), ("AW", "Aruba"), ("AU", "Australia"), ("AT", "Austria"),
    ("AZ", "Azerbaijan"), ("BS", "Bahamas"), ("BH", "Bahrain"), ("BD", "Bangladesh"), ("BB", "Barbados"),
    ("BY", "Belarus"), ("BE", "Belgium"), ("BZ", "Belize"), ("BJ", "Benin"), ("BM", "Bermuda"), ("BT", "Bhutan"),
    ("BO", "Bolivia"), ("BA", "Bosnia and Herzegovina"), ("BW", "Botswana"), ("BV", "Bouvet Island"),
    ("BR", "Brazil"), ("IO", "British Indian Ocean Territory"), ("VG", "British Virgin Islands"), ("BN", "Brunei"),
    ("BG", "Bulgaria"), ("BF", "Burkina Faso"), ("BI", "Burundi"), ("CV", "Cabo Verde"), ("KH", "Cambodia"),
    ("CM", "Cameroon"), ("CA", "Canada"), ("BQ", "Caribbean Netherlands"), ("KY", "Cayman Islands"),
    ("CF", "Central African Republic"), ("TD", "Chad"), ("CL", "Chile"), ("CN", "China"), ("CX", "Christmas Island"),
    ("CC", "Cocos (Keeling) Islands"), ("CO", "Colombia"), ("KM", "Comoros"), ("CG", "Congo"),
    ("CD", "Congo (Democratic Republic)"), ("CK", "Cook Islands"), ("CR", "Costa Rica"), ("CI", "Côte d'Ivoire"),
    ("HR", "Croatia"), ("CU", "Cuba"), ("CW", "Curaçao"), ("CY", "Cyprus"), ("CZ", "Czechia"), ("DK", "Denmark"),
    ("DJ", "Djibouti"), ("DM", "Dominica"), ("DO", "Dominican Republic"), ("EC", "Ecuador"), ("EG", "Egypt"),
    ("SV", "El Salvador"), ("GQ", "Equatorial Guinea"), ("ER", "Eritrea"), ("EE", "Estonia"), ("SZ", "Eswatini"),
    ("ET", "Ethiopia"), ("FK", "Falkland Islands"), ("FO", "Faroe Islands"), ("FJ", "Fiji"), ("FI", "Finland"),
    ("FR", "France"), ("GF", "French Guiana"), ("PF", "French Polynesia"), ("TF", "French Southern Territories"),
    ("GA", "Gabon"), ("GM", "Gambia"), ("GE", "Georgia"), ("DE", "Germany"), ("GH", "Ghana"), ("GI", "Gibraltar"),
    ("GR", "Greece"), ("GL", "Greenland"), ("GD", "Grenada"), ("GP", "Guadeloupe"), ("GU", "Guam"),
    ("GT", "Guatemala"), ("GG", "Guernsey"), ("GN", "Guinea"), ("GW", "Guinea-Bissau"), ("GY", "Guyana"),
    ("HT", "Haiti"), ("HM", "Heard Island and McDonald Islands"), ("HN", "Honduras"), ("HK", "Hong Kong"),
    ("HU", "Hungary"), ("IS", "Iceland"), ("IN", "India"), ("ID", "Indonesia"), ("IR", "Iran"), ("IQ", "Iraq"),
    ("IE", "Ireland"), ("IM", "Isle of Man"), ("IL", "Israel"), ("IT", "Italy"), ("JM", "Jamaica"), ("JP", "Japan"),
    ("JE", "Jersey"), ("JO", "Jordan"), ("KZ", "Kazakhstan"), ("KE", "Kenya"), ("KI", "Kiribati"), ("KW", "Kuwait"),
    ("KG", "Kyrgyzstan"), ("LA", "Laos"), ("LV", "Latvia"), ("LB", "Lebanon"), ("LS", "Lesotho"), ("LR", "Liberia"),
    ("LY", "Libya"), ("LI", "Liechtenstein"), ("LT", "Lithuania"), ("LU", "Luxembourg"), ("MO", "Macao"),
    ("MG", "Madagascar"), ("MW", "Malawi"), ("MY", "Malaysia"), ("MV", "Maldives"), ("ML", "Mali"), ("MT", "Malta"),
    ("MH", "Marshall Islands"), ("MQ", "Martinique"), ("MR", "Mauritania"), ("MU", "Mauritius"), ("YT", "Mayotte"),
    ("MX", "Mexico"), ("FM", "Micronesia"), ("MD", "Moldova"), ("MC", "Monaco"), ("MN", "Mongolia"),
    ("ME", "Montenegro"), ("MS", "Montserrat"), ("MA", "Morocco"), ("MZ", "Mozambique"), ("MM", "Myanmar"),
    ("NA", "Namibia"), ("NR", "Nauru"), ("NP", "Nepal"), ("NL", "Netherlands"), ("NC", "New Caledonia"),
    ("NZ", "New Zealand"), ("NI", "Nicaragua"), ("NE", "Niger"), ("NG", "Nigeria"), ("NU", "Niue"),
    ("NF", "Norfolk Island"), ("KP", "North Korea"), ("MK", "North Macedonia"), ("MP", "Northern Mariana Islands"),
    ("NO", "Norway"), ("OM", "Oman"), ("PK", "Pakistan"), ("PW", "Palau"), ("PS", "Palestine"), ("PA", "Panama"),
    ("PG", "Papua New Guinea"), ("PY", "Paraguay"), ("PE", "Peru"), ("PH", "Philippines"), ("PN", "Pitcairn Islands"),
    ("PL", "Poland"), ("PT", "Portugal"), ("PR", "Puerto Rico"), ("QA", "Qatar"), ("RE", "Réunion"),
    ("RO", "Romania"), ("RU", "Russia"), ("RW", "Rwanda"), ("BL", "Saint Barthélemy"), ("SH", "Saint Helena"),
    ("KN", "Saint Kitts and Nevis"), ("LC", "Saint Lucia"), ("MF", "Saint Martin"),
    ("PM", "Saint Pierre and Miquelon"), ("VC", "Saint Vincent and the Grenadines"), ("WS", "Samoa"),
    ("SM", "San Marino"), ("ST", "São Tomé and Príncipe"), ("SA", "Saudi Arabia"), ("SN", "Senegal"),
    ("RS", "Serbia"), ("SC", "Seychelles"), ("SL", "Sierra Leone"), ("SG", "Singapore"), ("SX", "Sint Maarten"),
    ("SK", "Slovakia"), ("SI", "Slovenia"), ("SB", "Solomon Islands"), ("SO", "Somalia"), ("ZA", "South Africa"),
    ("GS", "South Georgia and the South Sandwich Islands"), ("KR", "South Korea"), ("SS", "South Sudan"),
    ("ES", "Spain"), ("LK", "Sri Lanka"), ("SD", "Sudan"), ("SR", "Suriname"), ("SJ", "Svalbard and Jan Mayen"),
    ("SE", "Sweden"), ("CH", "Switzerland"), ("SY", "Syria"), ("TW", "Taiwan"), ("TJ", "Tajikistan"),
    ("TZ", "Tanzania"), ("TH", "Thailand"), ("TL", "Timor-Leste"), ("TG", "Togo"), ("TK", "Tokelau"), ("TO", "Tonga"),
    ("TT", "Trinidad and Tobago"), ("TN", "Tunisia"), ("TR", "Türkiye"), ("TM", "Turkmenistan"),
    ("TC", "Turks and Caicos Islands"), ("TV", "Tuvalu"), ("UG", "Uganda"), ("UA", "Ukraine"),
    ("AE", "United Arab Emirates"), ("GB", "United Kingdom"), ("US", "United States"),
    ("UM", "United States Minor Outlying Islands"), ("UY", "Uruguay"), ("VI", "US Virgin Islands"),
    ("UZ", "Uzbekistan"), ("VU", "Vanuatu"), ("VA", "Vatican City"), ("VE", "Venezuela"), ("VN", "Vietnam"),
    ("WF", "Wallis and Futuna"), ("EH", "Western Sahara"), ("YE", "Yemen"), ("ZM", "Zambia"), ("ZW", "Zimbabwe"),
];

#[rustfmt::skip]
const ALIASES: &[(&str, &str)] = &[
    ("UAE", "AE"), ("U.A.E.", "AE"), ("Österreich", "AT"), ("Aland", "AX"), ("Bosnia", "BA"), ("België", "BE"),
    ("Belgique", "BE"), ("St Barthelemy", "BL"), ("Brunei Darussalam", "BN"),
    ("Bolivia, Plurinational State of", "BO"), ("Plurinational State of Bolivia", "BO"),
    ("Bonaire, Sint Eustatius and Saba", "BQ"), ("The Bahamas", "BS"), ("Cocos Islands", "CC"),
    ("Keeling Islands", "CC"), ("DRC", "CD"), ("Democratic Republic of the Congo", "CD"),
    ("Congo, the Democratic Republic of the", "CD"), ("Congo - Kinshasa", "CD"), ("Zaire", "CD"),
    ("Republic of the Congo", "CG"), ("Congo - Brazzaville", "CG"), ("Congo (Rep.)", "CG"), ("Schweiz", "CH"),
    ("Suisse", "CH"), ("Svizzera", "CH"), ("Ivory Coast", "CI"), ("People's Republic of China", "CN"), ("PRC", "CN"),
    ("China, mainland", "CN"), ("Cape Verde", "CV"), ("Czech Republic", "CZ"), ("Deutschland", "DE"),
    ("Federal Republic of Germany", "DE"), ("España", "ES"), ("Falkland Islands (Malvinas)", "FK"),
    ("Micronesia, Federated States of", "FM"), ("Federated States of Micronesia", "FM"), ("UK", "GB"),
    ("Great Britain", "GB"), ("Britain", "GB"), ("England", "GB"), ("Scotland", "GB"), ("Wales", "GB"),
    ("Northern Ireland", "GB"), ("U.K.", "GB"), ("The Gambia", "GM"), ("EL", "GR"), ("Hellas", "GR"),
    ("Hong Kong SAR", "HK"), ("Hong Kong SAR China", "HK"), ("EIRE", "IE"), ("Republic of Ireland", "IE"),
    ("Irish Republic", "IE"), ("Iran, Islamic Republic of", "IR"), ("Islamic Republic of Iran", "IR"),
    ("Italia", "IT"), ("St Kitts and Nevis", "KN"), ("Korea (North)", "KP"),
    ("Korea, Democratic People's Republic of", "KP"), ("Democratic People's Republic of Korea", "KP"),
    ("Korea", "KR"), ("Republic of Korea", "KR"), ("Korea, Republic of", "KR"), ("Korea (South)", "KR"),
    ("Lao People's Democratic Republic", "LA"), ("St Lucia", "LC"), ("Moldova, Republic of", "MD"),
    ("Republic of Moldova", "MD"), ("St Martin", "MF"), ("Saint Martin (French part)", "MF"), ("Macedonia", "MK"),
    ("Macedonia, the former Yugoslav Republic of", "MK"), ("FYROM", "MK"), ("Burma", "MM"), ("Macau", "MO"),
    ("Macao SAR", "MO"), ("Macao SAR China", "MO"), ("Holland", "NL"), ("The Netherlands", "NL"),
    ("St Pierre and Miquelon", "PM"), ("Pitcairn", "PN"), ("Palestine, State of", "PS"), ("State of Palestine", "PS"),
    ("Palestinian Territories", "PS"), ("Palestinian Territory", "PS"), ("Russian Federation", "RU"),
    ("St Helena", "SH"), ("Saint Helena, Ascension and Tristan da Cunha", "SH"), ("St Maarten", "SX"),
    ("Sint Maarten (Dutch part)", "SX"), ("Syrian Arab Republic", "SY"), ("Swaziland", "SZ"), ("East Timor", "TL"),
    ("Turkey", "TR"), ("Turkiye", "TR"), ("Taiwan, Province of China", "TW"), ("Taiwan, Republic of China", "TW"),
    ("Tanzania, United Republic of", "TZ"), ("United Republic of Tanzania", "TZ"), ("USA", "US"),
    ("United States of America", "US"), ("U.S.A.", "US"), ("U.S.", "US"), ("America", "US"), ("Holy See", "VA"),
    ("Holy See (Vatican City State)", "VA"), ("Vatican", "VA"), ("St Vincent and the Grenadines", "VC"),
    ("St Vincent", "VC"), ("Venezuela, Bolivarian Republic of", "VE"), ("Bolivarian Republic of Venezuela", "VE"),
    ("Virgin Islands, British", "VG"), ("Virgin Islands (UK)", "VG"), ("Virgin Islands, U.S.", "VI"),
    ("Virgin Islands (US)", "VI"), ("United States Virgin Islands", "VI"), ("Viet Nam", "VN"), ("RSA", "ZA"),
    ("Republic of South Africa", "ZA"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_is_there_once_and_knows_itself() {
        assert_eq!(all().len(), 249);
        let mut folded: Vec<String> = all().iter().map(|(_, name)| fold(name)).collect();
        for (code, name) in all() {
            assert_eq!(code_of(code), Some(*code));
            assert_eq!(code_of(&name.to_uppercase()), Some(*code), "{name}");
            assert_eq!(name_of(code), Some(*name));
        }
        folded.dedup();
        assert_eq!(folded.len(), 249);
    }

    #[test]
    fn every_other_name_leads_to_its_country_alone() {
        for (alias, code) in ALIASES {
            assert_eq!(code_of(alias), Some(*code), "{alias}");
            assert!(name_of(code).is_some(), "{alias}");
        }
    }

    #[test]
    fn names_of_the_field_are_read_and_no_code_is_made_up() {
        for (text, code) in [
            ("United Kingdom", Some("GB")),
            ("EIRE", Some("IE")),
            ("RSA", Some("ZA")),
            ("USA", Some("US")),
            (" the netherlands ", Some("NL")),
            ("Cote d'Ivoire", Some("CI")),
            ("Trinidad & Tobago", Some("TT")),
            ("Czech Republic", Some("CZ")),
            ("Channel Islands", None),
            ("European Community", None),
            ("Unspecified", None),
            ("", None),
            ("the", None),
        ] {
            assert_eq!(code_of(text), code, "{text}");
        }
        assert_eq!(name_of("XX"), None);
    }
}
