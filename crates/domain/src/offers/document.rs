//! An offer as the paper shows it, set in type like an invoice.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::read::{Offer, load};
use crate::invoices::{self, Category, Paper, Prices, Snapshot, Sold, day, moment, on_paper, party_on_paper, shown_logo};
use crate::kit::{Ctx, LogoId, Micros, OfferId, Result, Right, Zone};
use crate::merchants;

/// What an offer keeps from the moment it is sent: who sells, and how its prices are taxed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Terms {
    pub snapshot: Snapshot,
    pub prices: Option<Prices>,
    pub category: Option<Category>,
    /// Percent, exact.
    pub rate: String,
}

impl Terms {
    /// As the settings say now. Where they do not say who sells, the merchant's name stands in.
    ///
    /// # Errors
    /// `Conflict` (`tax_unclear`) when no paper can say the tax.
    pub(super) fn now(tx: &mut Tx, ctx: &Ctx, offer: &Offer) -> Result<Self> {
        let own = invoices::settings(tx, ctx)?;
        let (prices, category, rate) = sold(offer).taxed(&own)?;
        let mut snapshot = Snapshot::of(&own);
        if snapshot.seller.name.trim().is_empty() {
            snapshot.seller.name = merchants::settings(tx, ctx)?.name;
        }
        Ok(Self { snapshot, prices: Some(prices), category: Some(category), rate: rate.normalize().to_string() })
    }
}

fn sold(offer: &Offer) -> Sold<'_> {
    let s = &offer.summary;
    Sold { name: format!("offer {}", s.number), lines: &offer.lines, extras: offer.extras(), total: s.total, currency: s.currency }
}

/// What the paper of an offer shows: of a sent one as it was sent, of a draft as it would be sent now. Needs [`Right::Read`].
///
/// # Errors
/// `Conflict` (`tax_unclear`) when its tax is no rate of its amount.
pub fn paper(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<Paper> {
    ctx.must(Right::Read)?;
    let offer = load(tx, ctx, id)?;
    let terms = if offer.seller.is_empty() { Terms::now(tx, ctx, &offer)? } else { offer.terms() };
    let zone = merchants::settings(tx, ctx)?.zone;
    let logo = terms.snapshot.logo.clone().map(LogoId::from_db);
    let logo = logo.map(|id| shown_logo(tx, ctx, &id)).transpose()?;
    let document = document(&offer, &terms, &zone, offer.summary.sent_at.unwrap_or(ctx.now))?;
    Ok(Paper::of(document, logo, format!("offer-{}", offer.summary.number)))
}

fn document(offer: &Offer, terms: &Terms, zone: &Zone, at: Micros) -> Result<paper::Document> {
    let s = &offer.summary;
    let rate = terms.rate.parse().unwrap_or_default();
    let prices = terms.prices.unwrap_or(Prices::Net);
    let (lines, sums) = sold(offer).on_paper((prices, terms.category.unwrap_or(Category::Zero), rate))?;
    let (lines, taxes) = on_paper(&lines, &sums.taxes);
    let issued = day(i64::from(zone.day(at)));
    Ok(paper::Document {
        kind: paper::Kind::Offer,
        number: s.number.clone(),
        issued,
        issued_at: moment(at),
        due: Some(day(s.valid_until)),
        delivered: issued,
        currency: s.currency.code().to_owned(),
        decimals: s.currency.decimals(),
        language: offer.buyer.language.clone(),
        seller: party_on_paper(&terms.snapshot.seller, &offer.buyer.language),
        buyer: party_on_paper(&offer.buyer, &offer.buyer.language),
        bank: paper::Bank::default(),
        lines,
        gross: prices == Prices::Gross,
        taxes,
        net: sums.net,
        tax: sums.tax,
        total: sums.total,
        paid: 0,
        order: String::new(),
        earlier: None,
        exemption: terms.snapshot.exemption.clone(),
        terms: String::new(),
        note: offer.note.clone(),
        footer: terms.snapshot.footer.clone(),
        logo: None,
    })
}
