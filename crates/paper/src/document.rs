//! What an invoice says, as plain data. Amounts are whole minor units of the document's currency.

use rust_decimal::Decimal;

/// A calendar day where the merchant lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Four digits.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

/// A moment in UTC, for the dates inside the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub date: Date,
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
    /// 0 to 59.
    pub second: i8,
}

/// What kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A commercial invoice (UNTDID 1001: 380).
    Invoice,
    /// A credit note (381); its amounts are written as positive numbers.
    CreditNote,
    /// What would be sold, and until when; a page for people, without data inside.
    Offer,
}

/// How a line is taxed (UNCL 5305).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// `S`: a rate above zero.
    Standard,
    /// `Z`: taxed at zero percent.
    Zero,
    /// `E`: exempt, with a reason.
    Exempt,
    /// `AE`: the buyer owes the tax.
    ReverseCharge,
    /// `K`: supply inside the community.
    IntraCommunity,
    /// `G`: export.
    Export,
    /// `O`: not subject to tax.
    Outside,
}

impl Category {
    /// The code of UNCL 5305.
    pub fn code(self) -> &'static str {
        match self {
            Self::Standard => "S",
            Self::Zero => "Z",
            Self::Exempt => "E",
            Self::ReverseCharge => "AE",
            Self::IntraCommunity => "K",
            Self::Export => "G",
            Self::Outside => "O",
        }
    }

    /// The reason that EN 16931 wants beside the category, unless the document gives its own.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Standard | Self::Zero => "",
            Self::Exempt => "Exempt from VAT",
            Self::ReverseCharge => "Reverse charge",
            Self::IntraCommunity => "Intra-community supply",
            Self::Export => "Export outside the EU",
            Self::Outside => "Not subject to VAT",
        }
    }
}

/// Seller or buyer. Empty text is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Legal or personal name.
    pub name: String,
    /// First line of the address.
    pub line1: String,
    /// Second line.
    pub line2: String,
    /// Postal code.
    pub zip: String,
    /// Town.
    pub city: String,
    /// State or region.
    pub state: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    /// The country in words, for the page.
    pub country_name: String,
    /// With its country prefix.
    pub vat_id: String,
    /// Number in a register of companies.
    pub company_id: String,
    /// E-mail address.
    pub email: String,
    /// Phone.
    pub phone: String,
}

/// Where the money goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bank {
    /// Account holder or name of the bank; shown only.
    pub name: String,
    /// Without blanks.
    pub iban: String,
    /// Without blanks.
    pub bic: String,
}

/// What was taken off a line; its `net` and `shown` are without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    /// Percent of the line.
    Percent(Decimal),
    /// An amount off the line, major units.
    Amount(Decimal),
}

/// One line. `net` is what counts; quantity times price is how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub title: String,
    /// Article number.
    pub sku: String,
    /// Exact.
    pub quantity: Decimal,
    /// Exact, major units; with tax in it when [`Document::gross`].
    pub unit_price: Decimal,
    /// What was taken off quantity times price.
    pub off: Option<Off>,
    /// How it is taxed.
    pub category: Category,
    /// Percent: `20`, `5.5`.
    pub rate: Decimal,
    /// Without tax, minor units.
    pub net: i64,
    /// What the page shows at the end of the line: net, or with tax in it when [`Document::gross`]; minor units.
    pub shown: i64,
}

/// What was taxed with one rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxGroup {
    /// How.
    pub category: Category,
    /// Percent.
    pub rate: Decimal,
    /// Without tax, minor units.
    pub net: i64,
    /// The tax, minor units.
    pub tax: i64,
}

/// The invoice that a credit note corrects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Its number.
    pub number: String,
    /// Its date.
    pub issued: Date,
}

/// A picture, already decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Dots.
    pub width: u32,
    /// Dots.
    pub height: u32,
    /// Four bytes a dot: red, green, blue, how opaque.
    pub rgba: Vec<u8>,
}

/// An invoice or a credit note, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Which of the two.
    pub kind: Kind,
    /// Its number.
    pub number: String,
    /// Its date.
    pub issued: Date,
    /// When it was issued, for the dates inside the file.
    pub issued_at: Moment,
    /// To be paid by, or valid until; absent on a credit note.
    pub due: Option<Date>,
    /// When the goods went out; the date of the invoice unless known.
    pub delivered: Date,
    /// ISO 4217 code.
    pub currency: String,
    /// Decimals of the currency: 0, 2 or 3.
    pub decimals: u32,
    /// Two letters: `en`, `de`, … ; English where it is not known.
    pub language: String,
    /// Who sells.
    pub seller: Party,
    /// Who buys.
    pub buyer: Party,
    /// Where the money goes.
    pub bank: Bank,
    /// What is sold.
    pub lines: Vec<Line>,
    /// Prices were given with the tax in them.
    pub gross: bool,
    /// One for each category and rate of the lines.
    pub taxes: Vec<TaxGroup>,
    /// Sum of the lines, minor units.
    pub net: i64,
    /// Sum of the taxes.
    pub tax: i64,
    /// Both.
    pub total: i64,
    /// Paid before it was issued.
    pub paid: i64,
    /// The order it bills.
    pub order: String,
    /// What a credit note corrects.
    pub earlier: Option<Earlier>,
    /// Why nothing is taxed, where a category wants a reason of its own.
    pub exemption: String,
    /// Terms of payment.
    pub terms: String,
    /// A remark.
    pub note: String,
    /// What stands at the foot of each page.
    pub footer: String,
    /// The merchant's logo.
    pub logo: Option<Logo>,
}

impl Document {
    /// What is still to be paid, minor units.
    pub fn due_amount(&self) -> i64 {
        self.total - self.paid
    }
}
