//! The fields that are compared.

/// How many there are.
pub const FIELDS: usize = 16;

/// One thing that is known of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Field {
    /// Given names.
    Given,
    /// Family name.
    Surname,
    /// House number.
    Number,
    /// Street without the house number.
    Street,
    /// Further address line: building, floor, village.
    Locality,
    /// City or suburb.
    City,
    /// Zip or postcode.
    Zip,
    /// State or province.
    State,
    /// Date of birth.
    Birth,
    /// Phone.
    Phone,
    /// E-mail address.
    Email,
    /// Organisation.
    Company,
    /// Tax id or VAT number.
    TaxId,
    /// Whatever else a file brings; compared as text.
    Extra1,
    /// The same.
    Extra2,
    /// The same.
    Extra3,
}

impl Field {
    /// All, in order.
    pub const ALL: [Field; FIELDS] = [
        Field::Given,
        Field::Surname,
        Field::Number,
        Field::Street,
        Field::Locality,
        Field::City,
        Field::Zip,
        Field::State,
        Field::Birth,
        Field::Phone,
        Field::Email,
        Field::Company,
        Field::TaxId,
        Field::Extra1,
        Field::Extra2,
        Field::Extra3,
    ];

    /// The word a person reads.
    pub fn word(self) -> &'static str {
        match self {
            Field::Given => "first name",
            Field::Surname => "last name",
            Field::Number => "house number",
            Field::Street => "street",
            Field::Locality => "address line 2",
            Field::City => "city",
            Field::Zip => "zip",
            Field::State => "state",
            Field::Birth => "date of birth",
            Field::Phone => "phone",
            Field::Email => "e-mail",
            Field::Company => "company",
            Field::TaxId => "tax id",
            Field::Extra1 | Field::Extra2 | Field::Extra3 => "further field",
        }
    }

    /// Its place in a record and in a pattern.
    pub fn at(self) -> usize {
        self as usize
    }
}
