//! The layouts we know by their header: our own export and those of Shopify, Stripe, WooCommerce,
//! PrestaShop and Online Retail. Tables only: names as [`super::headers::fold`] gives them.

use super::layout::Kind;
use super::target::Target::{self, *};

/// A column name and where it goes; of several columns with one target the first that is filled counts.
pub(super) type Columns = &'static [(&'static str, Target)];

pub(super) struct Known {
    pub name: &'static str,
    pub kind: Kind,
    /// All must be there.
    pub signature: &'static [&'static str],
    pub columns: Columns,
    /// Columns that go into metadata under this key.
    pub metadata: &'static [(&'static str, &'static str)],
}

pub(super) const OWN: &str = "regulars";

pub(super) const KNOWN: &[Known] = &[
    Known { name: OWN, kind: Kind::Customers, signature: &[], columns: OWN_COLUMNS, metadata: &[] },
    Known {
        name: "shopify",
        kind: Kind::Customers,
        signature: &["customerid", "firstname", "lastname", "email", "defaultaddresszip"],
        columns: SHOPIFY,
        metadata: SHOPIFY_METADATA,
    },
    Known {
        name: "shopify",
        kind: Kind::Customers,
        signature: &["firstname", "lastname", "email", "address1", "provincecode", "zip"],
        columns: SHOPIFY,
        metadata: SHOPIFY_METADATA,
    },
    Known {
        name: "stripe",
        kind: Kind::Customers,
        signature: &["id", "email", "name", "created", "delinquent"],
        columns: STRIPE,
        metadata: &[],
    },
    Known {
        name: "woocommerce",
        kind: Kind::Customers,
        signature: &["name", "username", "signup", "email"],
        columns: WOOCOMMERCE,
        metadata: &[("username", "username")],
    },
    Known {
        name: "prestashop",
        kind: Kind::Customers,
        signature: &["customerid", "active", "email", "lastname", "firstname", "newsletter"],
        columns: PRESTASHOP,
        metadata: &[("titlesid", "title_id"), ("birthday", "birthday"), ("optin", "opt_in")],
    },
    Known {
        name: "online-retail",
        kind: Kind::Orders,
        signature: &["stockcode", "quantity", "invoicedate", "customerid"],
        columns: ONLINE_RETAIL,
        metadata: &[],
    },
];

const OWN_COLUMNS: Columns = &[
    ("name", Name),
    ("email", Email),
    ("company", Company),
    ("companyid", CompanyId),
    ("companyemail", CompanyEmail),
    ("taxid", TaxId),
    ("phone", Phone),
    ("address", Address),
    ("city", City),
    ("state", State),
    ("zippostalcode", Zip),
    ("country", Country),
    ("vatnumber", VatNumber),
    ("lifetimevalue", Ignore),
    ("id", Id),
    ("customernumber", Number),
    ("externalid", ExternalId),
    ("firstname", FirstName),
    ("lastname", LastName),
    ("furtheremails", Emails),
    ("furtherphones", Phones),
    ("shop", Shop),
    ("group", Group),
    ("tags", Tags),
    ("note", Note),
    ("notes", Note),
    ("language", Language),
    ("marketingconsent", MarketingConsent),
    ("active", Active),
    ("created", CreatedAt),
    ("status", Ignore),
    ("paymentmethod", Ignore),
    ("paymentmethodstatus", Ignore),
    ("firstorder", Ignore),
    ("lastorder", Ignore),
    ("orders", Ignore),
    ("deliveryaddress", DeliveryAddress),
    ("deliverycity", DeliveryCity),
    ("deliverystate", DeliveryState),
    ("deliveryzippostalcode", DeliveryZip),
    ("deliverycountry", DeliveryCountry),
];

/// Shopify's present and its older export: the names do not collide.
const SHOPIFY: Columns = &[
    ("customerid", ExternalId),
    ("firstname", FirstName),
    ("lastname", LastName),
    ("email", Email),
    ("acceptsemailmarketing", MarketingConsent),
    ("acceptsmarketing", MarketingConsent),
    ("defaultaddresscompany", Company),
    ("defaultaddressaddress1", Address1),
    ("defaultaddressaddress2", Address2),
    ("defaultaddresscity", City),
    ("defaultaddressprovincecode", State),
    ("defaultaddresscountrycode", Country),
    ("defaultaddresszip", Zip),
    ("phone", Phone),
    ("defaultaddressphone", Phone),
    ("company", Company),
    ("address1", Address1),
    ("address2", Address2),
    ("city", City),
    ("province", State),
    ("provincecode", State),
    ("countrycode", Country),
    ("country", Country),
    ("zip", Zip),
    ("totalspent", Ignore),
    ("totalorders", Ignore),
    ("note", Note),
    ("tags", Tags),
];
const SHOPIFY_METADATA: &[(&str, &str)] = &[
    ("acceptssmsmarketing", "accepts_sms_marketing"),
    ("acceptswhatsappmarketing", "accepts_whatsapp_marketing"),
    ("taxexempt", "tax_exempt"),
];

const STRIPE: Columns = &[
    ("id", ExternalId),
    ("description", Note),
    ("email", Email),
    ("name", Name),
    ("phone", Phone),
    ("created", CreatedAt),
    ("delinquent", Ignore),
    ("plan", Ignore),
    ("status", Ignore),
    ("totalspend", Ignore),
    ("paymentcount", Ignore),
    ("refundedvolume", Ignore),
    ("disputelosses", Ignore),
];

const WOOCOMMERCE: Columns = &[
    ("name", Name),
    ("lastactive", Ignore),
    ("signup", CreatedAt),
    ("email", Email),
    ("orders", Ignore),
    ("totalspend", Ignore),
    ("aov", Ignore),
    ("countryregion", Country),
    ("city", City),
    ("region", State),
    ("postalcode", Zip),
];

const PRESTASHOP: Columns = &[
    ("customerid", ExternalId),
    ("active", Active),
    ("email", Email),
    ("lastname", LastName),
    ("firstname", FirstName),
    ("newsletter", MarketingConsent),
    ("registrationdate", CreatedAt),
    ("groups", Groups),
    ("defaultgroupid", Ignore),
];

/// Both editions of the data set: the second says Invoice and Price.
const ONLINE_RETAIL: Columns = &[
    ("invoiceno", OrderNumber),
    ("invoice", OrderNumber),
    ("stockcode", Sku),
    ("description", Title),
    ("quantity", Quantity),
    ("invoicedate", OrderedAt),
    ("unitprice", UnitPrice),
    ("price", UnitPrice),
    ("customerid", CustomerNumber),
    ("country", CustomerCountry),
];
