//! What countries are called in the languages of the page, as letters are addressed. Those a shop of Europe sells to most; for any other the caller has
//! the English name.

/// The name of a country (ISO 3166-1 alpha-2, in capitals) in a language, by the first two letters of its tag; `None` where it is not known here.
pub fn country(code: &str, language: &str) -> Option<&'static str> {
    let at = match language.get(..2)?.to_ascii_lowercase().as_str() {
        "de" => 0,
        "fr" => 1,
        "es" => 2,
        "it" => 3,
        "nl" => 4,
        _ => return None,
    };
    NAMES.iter().find(|(known, _)| *known == code).map(|(_, names)| names[at])
}

/// In German, French, Spanish, Italian and Dutch.
#[rustfmt::skip]
const NAMES: &[(&str, [&str; 5])] = &[
    ("AD", ["Andorra", "Andorre", "Andorra", "Andorra", "Andorra"]),
    ("AL", ["Albanien", "Albanie", "Albania", "Albania", "Albanië"]),
    ("AT", ["Österreich", "Autriche", "Austria", "Austria", "Oostenrijk"]),
    ("AU", ["Australien", "Australie", "Australia", "Australia", "Australië"]),
    ("BA", ["Bosnien und Herzegowina", "Bosnie-Herzégovine", "Bosnia y Herzegovina", "Bosnia ed Erzegovina", "Bosnië en Herzegovina"]),
    ("BE", ["Belgien", "Belgique", "Bélgica", "Belgio", "België"]),
    ("BG", ["Bulgarien", "Bulgarie", "Bulgaria", "Bulgaria", "Bulgarije"]),
    ("BR", ["Brasilien", "Brésil", "Brasil", "Brasile", "Brazilië"]),
    ("CA", ["Kanada", "Canada", "Canadá", "Canada", "Canada"]),
    ("CH", ["Schweiz", "Suisse", "Suiza", "Svizzera", "Zwitserland"]),
    ("CN", ["China", "Chine", "China", "Cina", "China"]),
    ("CY", ["Zypern", "Chypre", "Chipre", "Cipro", "Cyprus"]),
    ("CZ", ["Tschechien", "Tchéquie", "Chequia", "Cechia", "Tsjechië"]),
    ("DE", ["Deutschland", "Allemagne", "Alemania", "Germania", "Duitsland"]),
    ("DK", ["Dänemark", "Danemark", "Dinamarca", "Danimarca", "Denemarken"]),
    ("EE", ["Estland", "Estonie", "Estonia", "Estonia", "Estland"]),
    ("ES", ["Spanien", "Espagne", "España", "Spagna", "Spanje"]),
    ("FI", ["Finnland", "Finlande", "Finlandia", "Finlandia", "Finland"]),
    ("FR", ["Frankreich", "France", "Francia", "Francia", "Frankrijk"]),
    ("GB", ["Vereinigtes Königreich", "Royaume-Uni", "Reino Unido", "Regno Unito", "Verenigd Koninkrijk"]),
    ("GR", ["Griechenland", "Grèce", "Grecia", "Grecia", "Griekenland"]),
    ("HR", ["Kroatien", "Croatie", "Croacia", "Croazia", "Kroatië"]),
    ("HU", ["Ungarn", "Hongrie", "Hungría", "Ungheria", "Hongarije"]),
    ("IE", ["Irland", "Irlande", "Irlanda", "Irlanda", "Ierland"]),
    ("IN", ["Indien", "Inde", "India", "India", "India"]),
    ("IS", ["Island", "Islande", "Islandia", "Islanda", "IJsland"]),
    ("IT", ["Italien", "Italie", "Italia", "Italia", "Italië"]),
    ("JP", ["Japan", "Japon", "Japón", "Giappone", "Japan"]),
    ("LI", ["Liechtenstein", "Liechtenstein", "Liechtenstein", "Liechtenstein", "Liechtenstein"]),
    ("LT", ["Litauen", "Lituanie", "Lituania", "Lituania", "Litouwen"]),
    ("LU", ["Luxemburg", "Luxembourg", "Luxemburgo", "Lussemburgo", "Luxemburg"]),
    ("LV", ["Lettland", "Lettonie", "Letonia", "Lettonia", "Letland"]),
    ("MC", ["Monaco", "Monaco", "Mónaco", "Monaco", "Monaco"]),
    ("MD", ["Moldau", "Moldavie", "Moldavia", "Moldavia", "Moldavië"]),
    ("ME", ["Montenegro", "Monténégro", "Montenegro", "Montenegro", "Montenegro"]),
    ("MK", ["Nordmazedonien", "Macédoine du Nord", "Macedonia del Norte", "Macedonia del Nord", "Noord-Macedonië"]),
    ("MT", ["Malta", "Malte", "Malta", "Malta", "Malta"]),
    ("MX", ["Mexiko", "Mexique", "México", "Messico", "Mexico"]),
    ("NL", ["Niederlande", "Pays-Bas", "Países Bajos", "Paesi Bassi", "Nederland"]),
    ("NO", ["Norwegen", "Norvège", "Noruega", "Norvegia", "Noorwegen"]),
    ("NZ", ["Neuseeland", "Nouvelle-Zélande", "Nueva Zelanda", "Nuova Zelanda", "Nieuw-Zeeland"]),
    ("PL", ["Polen", "Pologne", "Polonia", "Polonia", "Polen"]),
    ("PT", ["Portugal", "Portugal", "Portugal", "Portogallo", "Portugal"]),
    ("RO", ["Rumänien", "Roumanie", "Rumanía", "Romania", "Roemenië"]),
    ("RS", ["Serbien", "Serbie", "Serbia", "Serbia", "Servië"]),
    ("SE", ["Schweden", "Suède", "Suecia", "Svezia", "Zweden"]),
    ("SI", ["Slowenien", "Slovénie", "Eslovenia", "Slovenia", "Slovenië"]),
    ("SK", ["Slowakei", "Slovaquie", "Eslovaquia", "Slovacchia", "Slowakije"]),
    ("SM", ["San Marino", "Saint-Marin", "San Marino", "San Marino", "San Marino"]),
    ("TR", ["Türkei", "Turquie", "Turquía", "Turchia", "Turkije"]),
    ("UA", ["Ukraine", "Ukraine", "Ucrania", "Ucraina", "Oekraïne"]),
    ("US", ["Vereinigte Staaten", "États-Unis", "Estados Unidos", "Stati Uniti", "Verenigde Staten"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_named_in_the_language_of_the_page() {
        assert_eq!(
            [country("FR", "de"), country("DE", "fr-FR"), country("ES", "NL")],
            [Some("Frankreich"), Some("Allemagne"), Some("Spanje")]
        );
        assert_eq!([country("FR", "en"), country("FR", ""), country("TV", "de")], [None; 3]);
        assert!(NAMES.windows(2).all(|two| two[0].0 < two[1].0), "in order, each once");
    }
}
