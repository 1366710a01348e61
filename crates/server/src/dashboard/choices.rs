//! What select lists offer: currencies, time zones, countries. Read once.

use std::sync::OnceLock;

use domain::files::countries;
use domain::kit::Currency;

/// Pairs of value and word.
pub type Pairs = [(String, String)];

/// The lists of the pages that make or edit a merchant or a shop.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// ISO 4217, by code.
    pub currencies: &'static Pairs,
    /// IANA names.
    pub zones: &'static Pairs,
    /// ISO 3166, by name.
    pub countries: &'static Pairs,
}

impl Default for Choices {
    fn default() -> Self {
        Self { currencies: currencies(), zones: zones(), countries: country_list() }
    }
}

fn currencies() -> &'static Pairs {
    static ALL: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let known = CURRENCIES.split_whitespace().filter_map(Currency::of);
        known.map(|c| (c.code().to_owned(), format!("{} · {}", c.code(), c.name()))).collect()
    })
}

fn zones() -> &'static Pairs {
    static ALL: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let names = jiff::tz::db().available().map(|n| n.to_string());
        let mut names: Vec<String> = names.filter(|n| n == "UTC" || AREAS.iter().any(|a| n.starts_with(a))).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|n| (n.clone(), n.replace('_', " "))).collect()
    })
}

fn country_list() -> &'static Pairs {
    static ALL: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ALL.get_or_init(|| countries::all().iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect())
}

/// The machine's own time zone where it has a name that is offered: the likeliest one of whoever sets up.
pub fn zone_here() -> String {
    let zone = jiff::tz::TimeZone::system();
    let name = zone.iana_name().unwrap_or("UTC");
    if zones().iter().any(|(z, _)| z == name) { name.to_owned() } else { "UTC".to_owned() }
}

/// Names that mean a place; the rest of the database are old aliases.
const AREAS: [&str; 10] =
    ["Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"];

/// Currencies that circulate, by code (ISO 4217 without funds, metals and units of account).
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP \
    CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY \
    KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD \
    OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD \
    TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offer_is_taken_by_the_trade() {
        assert_eq!(currencies().len(), CURRENCIES.split_whitespace().count());
        assert!(zones().len() > 300 && zones().iter().all(|(z, _)| domain::kit::Zone::named(z).is_some()));
        assert!(country_list().len() > 240);
        assert!(zones().iter().any(|(z, _)| *z == zone_here()));
    }
}
