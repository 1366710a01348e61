//! No more mail of this kind, by a signed link: whoever holds a mail of a mailing can say so with one press, and nobody can say so for others.
//!
//! The link holds no address. It is good for as long as the merchant's key is, also when the reader's data is long erased: what it stands for is
//! the hash by which the address is known again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use store::Tx;

use super::steer::{of_customer, take_back};
use super::{Skip, queries, read};
use crate::addresses;
use crate::customers::{state, survivor};
use crate::events::Event;
use crate::kit::{Actor, Ctx, CustomerId, Door, Error, MailingId, MerchantId, Micros, Result, hex, locks};
use crate::privacy::refusals;

/// Ids of 16 bytes, a hash of 32, half of a signature.
const LENGTH: usize = 3 * 16 + 32 + 16;

/// A link that is genuine.
#[derive(Clone, Debug)]
pub struct Asked {
    /// In whose name the reader acts: nobody's of the staff, with no rights.
    pub ctx: Ctx,
    /// The mailing whose mail it was.
    pub mailing: MailingId,
    /// What the shop is called that sent it.
    pub shop: String,
    customer: CustomerId,
    hash: String,
}

pub(super) fn token(key: &str, merchant: &MerchantId, mailing: &MailingId, customer: &CustomerId, hash: &str) -> String {
    let mut bytes = [merchant.bytes(), mailing.bytes(), customer.bytes()].concat();
    bytes.extend(unhex(hash));
    let signed = sign(key, &bytes);
    bytes.extend(&signed[..16]);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Domain of its own: what the key signs elsewhere is no link.
fn sign(key: &str, bytes: &[u8]) -> Vec<u8> {
    let text = [b"unsubscribe\n".as_slice(), bytes].concat();
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), &text).as_ref().to_vec()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0);
    (0..text.len() / 2).map(|i| digit(2 * i)).collect()
}

/// Reads the end of a link. Changes nothing.
///
/// # Errors
/// `NotFound` for what is not genuine, also for a merchant or mailing that is not there.
pub fn asked(tx: &mut Tx, token: &str, now: Micros) -> Result<Asked> {
    let none = || Error::NotFound("mailing");
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|b| b.len() == LENGTH).ok_or_else(none)?;
    let part = |at: usize| -> [u8; 16] { std::array::from_fn(|i| bytes[16 * at + i]) };
    let (merchant, mailing, customer) = (MerchantId::of(&part(0)), MailingId::of(&part(1)), CustomerId::of(&part(2)));
    let actor = Actor { rights: crate::kit::Rights::NONE, ..Actor::system("link to unsubscribe") };
    let ctx = Ctx::new(merchant, actor, Door::Page, now);
    let key = refusals::key(tx, &ctx)?.ok_or_else(none)?;
    let (said, signed) = bytes.split_at(LENGTH - 16);
    let differs = sign(&key, said).iter().zip(signed).fold(0, |all, (a, b)| all | (a ^ b));
    if differs != 0 {
        return Err(none());
    }
    let shop = read::load(tx, &ctx, &mailing)?.shop_name;
    Ok(Asked { ctx, mailing, shop, customer, hash: hex(&said[48..]) })
}

/// Wants no more: the refusal of the address is kept, the consent of everybody who has it is taken off, what still waits for them is taken back.
/// Twice is once.
pub fn unsubscribe(tx: &mut Tx, asked: &Asked) -> Result<()> {
    let ctx = &asked.ctx;
    refusals::refuse(tx, ctx, &asked.hash)?;
    let reader = survivor(tx, ctx, &asked.customer)?;
    let whose = match state::load(tx, ctx, &reader) {
        Ok(found) if found.anonymised_at.is_none() => addresses::sharing(tx, ctx, &reader)?,
        // Who was erased has no address any more; who was deleted for good is not there.
        Ok(_) | Err(Error::NotFound(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    locks::customers(tx, ctx, &whose.iter().collect::<Vec<_>>())?;
    for customer in &whose {
        take_back(tx, ctx, of_customer(), customer.as_str(), Skip::Unsubscribed)?;
        if tx.exec(&queries::NO_MARKETING, &[&ctx.merchant, customer, &ctx.now])? > 0 {
            state::touch(tx, ctx, customer)?;
            Event::new("customer.unsubscribed").of(customer).on("mailing", asked.mailing.as_str()).record(tx, ctx)?;
        }
    }
    tx.exec(&queries::UNSUBSCRIBED, &[&ctx.merchant, &asked.mailing, &asked.customer, &ctx.now])?;
    Ok(())
}
