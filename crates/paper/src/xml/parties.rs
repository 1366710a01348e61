//! Who sells and who buys.

use super::write::Xml;
use crate::document::{Category, Document, Party};

/// Whether a VAT number begins with a country, as EN 16931 wants it (`EL` is Greece, `XI` Northern Ireland).
pub(super) fn has_country(vat_id: &str) -> bool {
    const COUNTRIES: &str = " AD AE AF AG AI AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO \
        CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG EL ER ES ET FI FJ FR GA GB GD GE GH GM GN GQ GR GT GY HK HN HR HT HU ID IE IL IM IN IQ IR \
        IS IT JE JM JO JP KE KG KH KI KM KN KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA \
        NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ \
        TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WS XI YE ZA ZM ZW ";
    vat_id.get(..2).is_some_and(|c| c.bytes().all(|b| b.is_ascii_uppercase()) && COUNTRIES.contains(&format!(" {c} ")))
}

/// What is not subject to tax names no VAT number of anybody (BR-O-02).
fn silent(d: &Document) -> bool {
    d.taxes.iter().any(|t| t.category == Category::Outside)
}

pub(super) fn seller(x: &mut Xml, d: &Document) {
    let p = &d.seller;
    x.open("ram:SellerTradeParty");
    if silent(d) && p.company_id.trim().is_empty() {
        x.maybe("ram:ID", &p.vat_id);
    }
    common(x, p);
    if !silent(d) && !p.vat_id.trim().is_empty() {
        let scheme = if has_country(&p.vat_id) { "VA" } else { "FC" };
        x.open("ram:SpecifiedTaxRegistration").with("ram:ID", "schemeID", scheme, &p.vat_id).close(1);
    }
    x.close(1);
}

pub(super) fn buyer(x: &mut Xml, d: &Document) {
    let p = &d.buyer;
    x.open("ram:BuyerTradeParty");
    common(x, p);
    if !silent(d) && has_country(&p.vat_id) {
        x.open("ram:SpecifiedTaxRegistration").with("ram:ID", "schemeID", "VA", &p.vat_id).close(1);
    }
    x.close(1);
}

fn common(x: &mut Xml, p: &Party) {
    x.text("ram:Name", &p.name);
    if !p.company_id.trim().is_empty() {
        x.open("ram:SpecifiedLegalOrganization").text("ram:ID", &p.company_id).close(1);
    }
    x.open("ram:PostalTradeAddress");
    x.maybe("ram:PostcodeCode", &p.zip).maybe("ram:LineOne", &p.line1).maybe("ram:LineTwo", &p.line2).maybe("ram:CityName", &p.city);
    x.text("ram:CountryID", &p.country).maybe("ram:CountrySubDivisionName", &p.state).close(1);
    if !p.email.trim().is_empty() {
        x.open("ram:URIUniversalCommunication").with("ram:URIID", "schemeID", "EM", &p.email).close(1);
    }
}
