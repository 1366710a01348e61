//! Names, streets and towns of the demo: a dozen countries, with the accents, scripts and directions that real lists have.
//! Addresses are at `example.*`, which nobody owns; phones are from ranges kept for stories where a country has one.

use super::dice::Dice;
use crate::kit::Address;

/// Where people of the demo live.
pub struct Land {
    /// ISO 3166 alpha-2.
    pub country: &'static str,
    first: &'static [&'static str],
    last: &'static [&'static str],
    streets: &'static [&'static str],
    /// City, zip (9 stands for a digit), state.
    towns: &'static [(&'static str, &'static str, &'static str)],
    /// Phone; 9 stands for a digit.
    phone: &'static str,
    language: &'static str,
    domain: &'static str,
    /// The house number stands behind the street.
    number_behind: bool,
}

/// A person before they are a customer.
#[derive(Clone, Debug)]
pub struct Person {
    pub first: String,
    pub last: String,
    pub email: String,
    pub phone: String,
    pub language: &'static str,
    pub address: Address,
}

/// Lands with their weight.
pub static LANDS: [(i64, Land); 12] = [
    (
        22,
        Land {
            country: "DK",
            first: &["Bjørn", "Freja", "Søren", "Ida", "Mads", "Astrid", "Rasmus", "Sofie", "Anders", "Karen", "Jens", "Mette"],
            last: &["Dahl", "Nygaard", "Kjær", "Østergaard", "Holm", "Lund", "Bæk", "Mikkelsen", "Thomsen", "Juhl", "Skov", "Friis"],
            streets: &["Nørrebrogade", "Vesterbrogade", "Strandvejen", "Ålekistevej", "Kløvervej", "Skolegade"],
            towns: &[("København N", "2200", ""), ("Aarhus C", "8000", ""), ("Odense C", "5000", ""), ("Aalborg", "9000", "")],
            phone: "+45 20 99 99 99",
            language: "da",
            domain: "example.dk",
            number_behind: true,
        },
    ),
    (
        18,
        Land {
            country: "GB",
            first: &["Oliver", "Amelia", "Harry", "Isla", "Kwame", "Priya", "George", "Nia", "Fergus", "Zara", "Maeve", "Tom"],
            last: &[
                "Patel",
                "O’Neill",
                "Mensah",
                "Hughes",
                "Whitaker",
                "Okafor",
                "Ashworth",
                "Singh",
                "Fraser",
                "Lindqvist",
                "Barnes",
                "Doyle",
            ],
            streets: &["Camden Road", "Deansgate", "Queen’s Road", "Mill Lane", "Station Approach", "Leith Walk"],
            towns: &[
                ("London", "NW1 9AA", "Greater London"),
                ("Manchester", "M3 9AB", ""),
                ("Edinburgh", "EH6 9CD", "Scotland"),
                ("Bristol", "BS1 9EF", ""),
            ],
            phone: "+44 7700 900999",
            language: "en-GB",
            domain: "example.co.uk",
            number_behind: false,
        },
    ),
    (
        14,
        Land {
            country: "DE",
            first: &["Jürgen", "Hannah", "Lukas", "Mia", "Jonas", "Käthe", "Emil", "Leonie", "Björn", "Greta", "Matthias", "Frieda"],
            last: &["Müller", "Schröder", "Weiß", "Koch", "Bäcker", "Vogel", "Krüger", "Neumann", "Lange", "Jäger", "Roth", "Hoffmann"],
            streets: &["Hauptstraße", "Kastanienallee", "Schönhauser Allee", "Marktplatz", "Lindenweg"],
            towns: &[("Berlin", "10435", ""), ("Hamburg", "20099", ""), ("München", "80331", "Bayern"), ("Köln", "50667", "")],
            phone: "+49 151 99999999",
            language: "de",
            domain: "example.de",
            number_behind: true,
        },
    ),
    (
        9,
        Land {
            country: "FR",
            first: &["Léa", "Hugo", "Chloé", "Jean-Luc", "Inès", "Gaël", "Zoé", "Émile", "Noémie", "Théo"],
            last: &["Moreau", "Lefèvre", "Garçon", "Benoît", "Dubois", "d’Aubigné", "Rousseau", "Petit", "Hébert"],
            streets: &["rue de Charonne", "avenue Jean Jaurès", "quai des Célestins", "rue de l’Église"],
            towns: &[("Paris", "75011", ""), ("Lyon", "69003", ""), ("Nantes", "44000", "")],
            phone: "+33 6 99 99 99 99",
            language: "fr",
            domain: "example.fr",
            number_behind: false,
        },
    ),
    (
        8,
        Land {
            country: "ES",
            first: &["Ana", "Íñigo", "Lucía", "Mateo", "Begoña", "Hugo", "Martín", "Carmen"],
            last: &["Ruiz", "Núñez", "Ibáñez", "García", "Peña", "Muñoz", "Vidal"],
            streets: &["Calle Mayor", "Gran Vía", "Paseo de Gracia"],
            towns: &[("Madrid", "28013", "Madrid"), ("Barcelona", "08007", "Cataluña"), ("Bilbao", "48009", "")],
            phone: "+34 612 999 999",
            language: "es",
            domain: "example.es",
            number_behind: true,
        },
    ),
    (
        7,
        Land {
            country: "SE",
            first: &["Hanna", "Åke", "Elsa", "Örjan", "Maja", "Nils", "Saga"],
            last: &["Lindqvist", "Åberg", "Söderström", "Ek", "Nyström", "Sjögren"],
            streets: &["Götgatan", "Drottninggatan", "Ringvägen"],
            towns: &[("Stockholm", "118 46", ""), ("Göteborg", "411 14", ""), ("Malmö", "211 20", "")],
            phone: "+46 70 174 06 99",
            language: "sv",
            domain: "example.se",
            number_behind: true,
        },
    ),
    (
        6,
        Land {
            country: "NL",
            first: &["Sanne", "Daan", "Fleur", "Bram", "Noor", "Jeroen"],
            last: &["de Vries", "van den Berg", "Bakker", "Visser", "ter Horst"],
            streets: &["Prinsengracht", "Oudezijds Voorburgwal", "Kerkstraat"],
            towns: &[("Amsterdam", "1015 AB", ""), ("Utrecht", "3511 CD", ""), ("Groningen", "9712 EF", "")],
            phone: "+31 6 99999999",
            language: "nl",
            domain: "example.nl",
            number_behind: true,
        },
    ),
    (
        5,
        Land {
            country: "PL",
            first: &["Łukasz", "Zofia", "Stanisław", "Małgorzata", "Kacper", "Zuzanna"],
            last: &["Wójcik", "Kowalska", "Żuk", "Dąbrowski", "Śliwa"],
            streets: &["ul. Długa", "al. Jerozolimskie", "ul. Świętojańska"],
            towns: &[("Warszawa", "00-99", ""), ("Kraków", "31-007", ""), ("Gdańsk", "80-831", "")],
            phone: "+48 512 999 999",
            language: "pl",
            domain: "example.pl",
            number_behind: true,
        },
    ),
    (
        4,
        Land {
            country: "IT",
            first: &["Chiara", "Niccolò", "Giulia", "Matteo", "Sofia"],
            last: &["Bianchi", "D’Angelo", "Rossi", "Esposito", "Nicolò"],
            streets: &["Via Roma", "Corso Buenos Aires", "Piazza Maggiore"],
            towns: &[("Milano", "20124", "MI"), ("Bologna", "40124", "BO"), ("Torino", "10121", "TO")],
            phone: "+39 347 999 9999",
            language: "it",
            domain: "example.it",
            number_behind: true,
        },
    ),
    (
        3,
        Land {
            country: "GR",
            first: &["Ελένη", "Νίκος", "Μαρία", "Γιώργος"],
            last: &["Παπαδοπούλου", "Γεωργίου", "Νικολάου"],
            streets: &["Ερμού", "Πανεπιστημίου"],
            towns: &[("Αθήνα", "105 63", ""), ("Θεσσαλονίκη", "546 24", "")],
            phone: "+30 694 999 9999",
            language: "el",
            domain: "example.gr",
            number_behind: true,
        },
    ),
    (
        2,
        Land {
            country: "IL",
            first: &["נועה", "יוסי", "תמר", "אורי"],
            last: &["כהן", "לוי", "מזרחי", "פרץ"],
            streets: &["דיזנגוף", "הרצל"],
            towns: &[("תל אביב", "6433201", ""), ("חיפה", "3303601", "")],
            phone: "+972 50 999 9999",
            language: "he",
            domain: "example.co.il",
            number_behind: true,
        },
    ),
    (
        2,
        Land {
            country: "JP",
            first: &["結衣", "蓮", "陽菜", "大翔"],
            last: &["佐藤", "鈴木", "渡辺", "高橋"],
            streets: &["神宮前", "道玄坂"],
            towns: &[("渋谷区", "150-0001", "東京都"), ("京都市", "600-8216", "京都府")],
            phone: "+81 90 9999 9999",
            language: "ja",
            domain: "example.jp",
            number_behind: true,
        },
    ),
];

/// Somebody from somewhere; `n` keeps addresses apart.
pub fn person(dice: &mut Dice, n: usize) -> Person {
    let land = dice.weighed(&LANDS);
    let (first, last) = ((*dice.pick(land.first)).to_owned(), (*dice.pick(land.last)).to_owned());
    let (city, zip, state) = *dice.pick(land.towns);
    let (street, number) = (*dice.pick(land.streets), dice.from(1, 140));
    let line1 = if land.number_behind { format!("{street} {number}") } else { format!("{number} {street}") };
    let name = format!("{}.{}", ascii(&first), ascii(&last));
    let name = if name == "." { format!("kunde{n}") } else { name };
    Person {
        email: format!("{}{}@{}", name.trim_matches('.'), n, land.domain),
        phone: digits(dice, land.phone),
        language: land.language,
        address: Address {
            line1,
            line2: if dice.chance(12) { format!("{}. th.", dice.from(1, 5)) } else { String::new() },
            city: city.to_owned(),
            state: state.to_owned(),
            zip: digits(dice, zip),
            country: land.country.to_owned(),
        },
        first,
        last,
    }
}

/// The same person typed again by somebody else: another e-mail address, and a slip in the first name.
pub fn again(person: Person, n: usize) -> Person {
    let mut letters: Vec<char> = person.first.chars().collect();
    if letters.len() > 3 {
        letters.swap(1, 2);
    }
    let email =
        format!("{}{n}@example.com", Some(ascii(&person.last)).filter(|last| !last.is_empty()).unwrap_or_else(|| "kunde".to_owned()));
    Person { first: letters.into_iter().collect(), email, ..person }
}

/// Each 9 is thrown anew.
fn digits(dice: &mut Dice, pattern: &str) -> String {
    pattern.chars().map(|c| if c == '9' { char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0)) } else { c }).collect()
}

/// The letters an address has: folded, without marks, blanks and other scripts.
fn ascii(text: &str) -> String {
    crate::customers::index::fold(text).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Companies that buy for their kitchens and counters.
pub static COMPANIES: [&str; 16] = [
    "Hotel Havnen",
    "Café Kosmos",
    "Bageriet Brød & Smør",
    "Northside Offices",
    "Studio Vesterhav",
    "Rösterei am Eck",
    "Taller Ruiz S.L.",
    "Kontoret ApS",
    "Patel & Sons",
    "Das Buchcafé",
    "Le Comptoir Vert",
    "Bryggeriet",
    "Atelier Blom",
    "The Reading Room",
    "Kantine 37",
    "Værkstedet I/S",
];
