//! The words on the page, and how dates and amounts are written, by the buyer's language. English where a language is not known.

use rust_decimal::Decimal;

use crate::document::{Date, Kind};

/// Labels of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub invoice: &'static str,
    pub credit_note: &'static str,
    pub offer: &'static str,
    pub valid_until: &'static str,
    pub number: &'static str,
    pub date: &'static str,
    pub due: &'static str,
    pub order: &'static str,
    pub corrects: &'static str,
    pub vat_id: &'static str,
    pub company_id: &'static str,
    pub description: &'static str,
    pub quantity: &'static str,
    pub price: &'static str,
    pub discount: &'static str,
    pub tax_rate: &'static str,
    pub amount: &'static str,
    pub net: &'static str,
    pub tax: &'static str,
    pub total: &'static str,
    pub paid: &'static str,
    pub to_pay: &'static str,
    pub included: &'static str,
    pub continued: &'static str,
    pub page: &'static str,
    pub of: &'static str,
    pub bank: &'static str,
    months: Option<&'static [&'static str; 12]>,
    day: &'static str,
    point: char,
    group: char,
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const EN: Words = Words {
    invoice: "Invoice",
    credit_note: "Credit note",
    offer: "Offer",
    valid_until: "Valid until",
    number: "Number",
    date: "Date",
    due: "Due",
    order: "Order",
    corrects: "Corrects",
    vat_id: "VAT number",
    company_id: "Company number",
    description: "Description",
    quantity: "Quantity",
    price: "Unit price",
    discount: "Discount",
    tax_rate: "VAT",
    amount: "Amount",
    net: "Net",
    tax: "VAT",
    total: "Total",
    paid: "Already paid",
    to_pay: "Amount due",
    included: "Prices include VAT.",
    continued: "continued",
    page: "Page",
    of: "of",
    bank: "Bank",
    months: Some(&MONTHS),
    day: "",
    point: '.',
    group: ',',
};

const DE: Words = Words {
    invoice: "Rechnung",
    credit_note: "Rechnungskorrektur",
    offer: "Angebot",
    valid_until: "Gültig bis",
    number: "Nummer",
    date: "Datum",
    due: "Fällig",
    order: "Bestellung",
    corrects: "Berichtigt",
    vat_id: "USt-IdNr.",
    company_id: "Handelsregister",
    description: "Beschreibung",
    quantity: "Menge",
    price: "Einzelpreis",
    discount: "Rabatt",
    tax_rate: "USt.",
    amount: "Betrag",
    net: "Netto",
    tax: "USt.",
    total: "Gesamt",
    paid: "Bereits bezahlt",
    to_pay: "Zu zahlen",
    included: "Alle Preise enthalten die Umsatzsteuer.",
    continued: "Fortsetzung",
    page: "Seite",
    of: "von",
    bank: "Bank",
    months: None,
    day: "dmy.",
    point: ',',
    group: '.',
};

const FR: Words = Words {
    invoice: "Facture",
    credit_note: "Avoir",
    offer: "Devis",
    valid_until: "Valable jusqu’au",
    number: "Numéro",
    date: "Date",
    due: "Échéance",
    order: "Commande",
    corrects: "Rectifie",
    vat_id: "N° TVA",
    company_id: "N° d’entreprise",
    description: "Désignation",
    quantity: "Quantité",
    price: "Prix unitaire",
    discount: "Remise",
    tax_rate: "TVA",
    amount: "Montant",
    net: "Hors taxe",
    tax: "TVA",
    total: "Total TTC",
    paid: "Déjà payé",
    to_pay: "Reste à payer",
    included: "Prix TTC.",
    continued: "suite",
    page: "Page",
    of: "sur",
    bank: "Banque",
    months: None,
    day: "dmy/",
    point: ',',
    group: '\u{a0}',
};

const ES: Words = Words {
    invoice: "Factura",
    credit_note: "Factura rectificativa",
    offer: "Presupuesto",
    valid_until: "Válido hasta",
    number: "Número",
    date: "Fecha",
    due: "Vencimiento",
    order: "Pedido",
    corrects: "Rectifica",
    vat_id: "NIF-IVA",
    company_id: "N.º de registro",
    description: "Descripción",
    quantity: "Cantidad",
    price: "Precio unitario",
    discount: "Descuento",
    tax_rate: "IVA",
    amount: "Importe",
    net: "Base imponible",
    tax: "IVA",
    total: "Total",
    paid: "Ya pagado",
    to_pay: "Por pagar",
    included: "Precios con IVA incluido.",
    continued: "continuación",
    page: "Página",
    of: "de",
    bank: "Banco",
    months: None,
    day: "dmy/",
    point: ',',
    group: '.',
};

const IT: Words = Words {
    invoice: "Fattura",
    credit_note: "Nota di credito",
    offer: "Offerta",
    valid_until: "Valida fino al",
    number: "Numero",
    date: "Data",
    due: "Scadenza",
    order: "Ordine",
    corrects: "Rettifica",
    vat_id: "Partita IVA",
    company_id: "Registro imprese",
    description: "Descrizione",
    quantity: "Quantità",
    price: "Prezzo unitario",
    discount: "Sconto",
    tax_rate: "IVA",
    amount: "Importo",
    net: "Imponibile",
    tax: "IVA",
    total: "Totale",
    paid: "Già pagato",
    to_pay: "Da pagare",
    included: "Prezzi IVA inclusa.",
    continued: "segue",
    page: "Pagina",
    of: "di",
    bank: "Banca",
    months: None,
    day: "dmy/",
    point: ',',
    group: '.',
};

const NL: Words = Words {
    invoice: "Factuur",
    credit_note: "Creditnota",
    offer: "Offerte",
    valid_until: "Geldig tot",
    number: "Nummer",
    date: "Datum",
    due: "Vervaldatum",
    order: "Bestelling",
    corrects: "Corrigeert",
    vat_id: "Btw-nummer",
    company_id: "KvK-nummer",
    description: "Omschrijving",
    quantity: "Aantal",
    price: "Stukprijs",
    discount: "Korting",
    tax_rate: "Btw",
    amount: "Bedrag",
    net: "Excl. btw",
    tax: "Btw",
    total: "Totaal",
    paid: "Reeds betaald",
    to_pay: "Te betalen",
    included: "Prijzen zijn inclusief btw.",
    continued: "vervolg",
    page: "Pagina",
    of: "van",
    bank: "Bank",
    months: None,
    day: "dmy-",
    point: ',',
    group: '.',
};

/// By the first two letters of a language tag.
pub(crate) fn words(language: &str) -> &'static Words {
    match language.get(..2).unwrap_or_default().to_ascii_lowercase().as_str() {
        "de" => &DE,
        "fr" => &FR,
        "es" => &ES,
        "it" => &IT,
        "nl" => &NL,
        _ => &EN,
    }
}

impl Words {
    /// What a document of this kind is called.
    pub(crate) fn kind(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Invoice => self.invoice,
            Kind::CreditNote => self.credit_note,
            Kind::Offer => self.offer,
        }
    }

    /// `22 November 2026`, `22.11.2026`, `22/11/2026`.
    pub(crate) fn day(&self, date: Date) -> String {
        let sign = self.day.chars().last().unwrap_or('-');
        let month = usize::try_from(date.month).unwrap_or(1).clamp(1, 12) - 1;
        match self.months {
            Some(months) => format!("{} {} {}", date.day, months[month], date.year),
            None => format!("{:02}{sign}{:02}{sign}{}", date.day, date.month, date.year),
        }
    }

    /// An exact number with this language's signs: `1,234.5`.
    pub(crate) fn number(&self, plain: &str) -> String {
        let (minus, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("\u{2212}", rest));
        let (whole, fraction) = digits.split_once('.').map_or((digits, ""), |(w, f)| (w, f));
        let mut out = String::from(minus);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                out.push(self.group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(self.point);
            out.push_str(fraction);
        }
        out
    }

    /// Minor units as a number with all decimals of the currency.
    pub(crate) fn minor(&self, minor: i64, decimals: u32) -> String {
        self.number(&Decimal::new(minor, decimals).to_string())
    }
}

/// An amount as the page of that language writes it, with the currency's code: `1,234.50 EUR`.
pub fn amount(minor: i64, decimals: u32, currency: &str, language: &str) -> String {
    format!("{}\u{a0}{currency}", words(language).minor(minor, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_numbers_and_days_its_own_way() {
        let day = Date { year: 2026, month: 3, day: 7 };
        let said = |code: &str| (words(code).minor(-123_456_789, 2), words(code).day(day));
        assert_eq!(said("en-GB"), ("\u{2212}1,234,567.89".into(), "7 March 2026".into()));
        assert_eq!(said("de"), ("\u{2212}1.234.567,89".into(), "07.03.2026".into()));
        assert_eq!(said("fr"), ("\u{2212}1\u{a0}234\u{a0}567,89".into(), "07/03/2026".into()));
        assert_eq!(said("日本"), ("\u{2212}1,234,567.89".into(), "7 March 2026".into()));
        assert_eq!(amount(5, 3, "KWD", "en"), "0.005\u{a0}KWD");
    }
}
