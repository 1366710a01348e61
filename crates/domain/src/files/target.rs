//! Our fields, as a column of a file can fill them, and the names a person types for them in a map. The
//! meaning of a value is not decided here.

/// Where a column goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// Left out: figures we work out ourselves, and passwords always.
    Ignore,
    /// Our own id (`cus_…`).
    Id,
    Name,
    FirstName,
    LastName,
    Email,
    Phone,
    /// Further addresses in one cell, with commas.
    Emails,
    /// Further numbers in one cell, with commas.
    Phones,
    Company,
    CompanyId,
    CompanyEmail,
    TaxId,
    VatNumber,
    /// All street lines in one cell, separated by line breaks.
    Address,
    Address1,
    Address2,
    StreetNumber,
    City,
    State,
    Zip,
    Country,
    /// As `Address`.
    DeliveryAddress,
    DeliveryAddress1,
    DeliveryAddress2,
    DeliveryCity,
    DeliveryState,
    DeliveryZip,
    DeliveryCountry,
    /// Customer number.
    Number,
    /// The id of the customer in the system the file comes from.
    ExternalId,
    Shop,
    Group,
    /// Several groups with commas: the first is the group, the others become tags.
    Groups,
    Tags,
    Note,
    Language,
    MarketingConsent,
    /// No means archived.
    Active,
    CreatedAt,
    /// Free metadata under this key.
    Metadata(String),
    OrderNumber,
    Sku,
    Title,
    Quantity,
    OrderedAt,
    UnitPrice,
    Currency,
    OrderState,
    CustomerNumber,
    CustomerName,
    CustomerEmail,
    CustomerCountry,
}

/// Names for a map of customers.
pub(super) const CUSTOMER_FIELDS: &[(&str, Target)] = &[
    ("Name", Target::Name),
    ("First name", Target::FirstName),
    ("Last name", Target::LastName),
    ("Email", Target::Email),
    ("Phone", Target::Phone),
    ("Further emails", Target::Emails),
    ("Further phones", Target::Phones),
    ("Company", Target::Company),
    ("Company ID", Target::CompanyId),
    ("Company email", Target::CompanyEmail),
    ("Tax ID", Target::TaxId),
    ("VAT number", Target::VatNumber),
    ("Address", Target::Address),
    ("Address 1", Target::Address1),
    ("Address 2", Target::Address2),
    ("Street number", Target::StreetNumber),
    ("City", Target::City),
    ("State", Target::State),
    ("Zip", Target::Zip),
    ("Country", Target::Country),
    ("Delivery address", Target::DeliveryAddress),
    ("Delivery address 1", Target::DeliveryAddress1),
    ("Delivery address 2", Target::DeliveryAddress2),
    ("Delivery city", Target::DeliveryCity),
    ("Delivery state", Target::DeliveryState),
    ("Delivery zip", Target::DeliveryZip),
    ("Delivery country", Target::DeliveryCountry),
    ("Number", Target::Number),
    ("External ID", Target::ExternalId),
    ("Shop", Target::Shop),
    ("Group", Target::Group),
    ("Groups", Target::Groups),
    ("Tags", Target::Tags),
    ("Note", Target::Note),
    ("Language", Target::Language),
    ("Marketing consent", Target::MarketingConsent),
    ("Active", Target::Active),
    ("Created at", Target::CreatedAt),
];

/// Names for a map of orders, one line of an order in each row.
pub(super) const ORDER_FIELDS: &[(&str, Target)] = &[
    ("Order number", Target::OrderNumber),
    ("SKU", Target::Sku),
    ("Title", Target::Title),
    ("Quantity", Target::Quantity),
    ("Ordered at", Target::OrderedAt),
    ("Unit price", Target::UnitPrice),
    ("Currency", Target::Currency),
    ("Order state", Target::OrderState),
    ("Customer number", Target::CustomerNumber),
    ("Customer name", Target::CustomerName),
    ("Customer email", Target::CustomerEmail),
    ("Customer country", Target::CustomerCountry),
];

impl Target {
    /// The name a person reads; `Metadata:key` for metadata.
    pub fn label(&self) -> String {
        match self {
            Target::Ignore => "left out".into(),
            Target::Id => "ID".into(),
            Target::Metadata(key) => format!("Metadata:{key}"),
            _ => CUSTOMER_FIELDS
                .iter()
                .chain(ORDER_FIELDS)
                .find(|(_, target)| target == self)
                .map_or_else(String::new, |(label, _)| (*label).into()),
        }
    }
}
