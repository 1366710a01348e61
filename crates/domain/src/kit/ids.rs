//! Ids: a prefix that says what it is, and a UUIDv7 in Crockford base32, so that they sort by the time they were made.
//!
//! An id is never guessed from input: [`FromStr`] refuses what does not have the prefix and 26 base32 characters.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};

use sha2::{Digest, Sha256};
use store::{Bind, Value};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The value of each byte as a digit, either case; 255 for what is none. A list of a million ids is read at a start.
const DIGITS: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 32 {
        table[ALPHABET[value] as usize] = value as u8;
        table[ALPHABET[value].to_ascii_uppercase() as usize] = value as u8;
        value += 1;
    }
    table
};

/// 16 bytes as 26 characters of Crockford base32, lower case, most significant first.
pub fn encode(bytes: &[u8; 16]) -> String {
    let mut n = u128::from_be_bytes(*bytes);
    let mut out = [0u8; 26];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(n & 31) as usize];
        n >>= 5;
    }
    out.iter().map(|b| *b as char).collect()
}

/// The opposite of [`encode`]; any case. `None` for anything else.
pub fn decode(text: &str) -> Option<[u8; 16]> {
    if text.len() != 26 {
        return None;
    }
    let mut n: u128 = 0;
    for (i, c) in text.bytes().enumerate() {
        let digit = DIGITS[usize::from(c)];
        if digit > 31 || (i == 0 && digit > 7) {
            return None;
        }
        n = (n << 5) | u128::from(digit);
    }
    Some(n.to_be_bytes())
}

/// How many this process has made, from anywhere: ids of one moment still come one behind the other.
static MADE: OnceLock<AtomicU32> = OnceLock::new();

/// What makes ids: time-ordered chance in service, a seeded row in tests and the demo.
#[derive(Clone, Debug)]
pub enum IdSource {
    /// UUIDv7 of the given moment and the system's chance.
    System,
    /// Reproducible: the same seed gives the same ids in the same order.
    Seeded(Arc<Mutex<(u64, u64)>>),
}

impl IdSource {
    /// A reproducible source.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new((seed, 0))))
    }

    /// 16 bytes of a UUIDv7 for `now` (microseconds UTC).
    pub fn next(&self, now: i64) -> [u8; 16] {
        let (mut bytes, count) = match self {
            Self::System => {
                (chance(), MADE.get_or_init(|| AtomicU32::new(u32::from_le_bytes([chance()[0], chance()[1], 0, 0]))).fetch_add(1, Relaxed))
            }
            Self::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(|e| e.into_inner());
                state.1 += 1;
                let digest = Sha256::digest(format!("{}:{}", state.0, state.1).as_bytes());
                let mut b = [0u8; 16];
                b.copy_from_slice(&digest[..16]);
                (b, state.1 as u32)
            }
        };
        // A counter of 26 bits behind the time keeps the order in which they were made, also within a millisecond.
        let [b6, b7, b8, b9] = (((count << 2) & 0x0fff_0000) | (count & 0x3fff)).to_be_bytes();
        (bytes[6], bytes[7], bytes[8], bytes[9]) = (b6, b7, b8, b9);
        let millis = (now / 1000).max(0) as u64;
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        bytes
    }
}

thread_local! {
    /// Chance that was asked for ahead, and how much of it is left: an import makes many ids, and each question to the system costs more than an id.
    static AHEAD: RefCell<([u8; 1024], usize)> = const { RefCell::new(([0; 1024], 0)) };
}

/// 16 bytes nobody can guess, each given once.
fn chance() -> [u8; 16] {
    AHEAD.with_borrow_mut(|(bytes, left)| {
        if *left == 0 {
            // The system's source of chance does not fail on the systems we run on; a zero id would still be refused as a duplicate.
            let _ = getrandom::fill(bytes);
            *left = bytes.len();
        }
        *left -= 16;
        let mut some = [0; 16];
        some.copy_from_slice(&bytes[*left..*left + 16]);
        some
    })
}

/// A secret of 32 bytes as text, for sessions, links and keys.
pub fn secret() -> String {
    let mut bytes = [0u8; 32];
    let _ = getrandom::fill(&mut bytes);
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What stands in the database instead of a secret: SHA-256 in hexadecimal. Secrets have 256 bits of chance, so a slow hash adds nothing.
pub fn secret_hash(secret: &str) -> String {
    super::text::hex(&Sha256::digest(secret.as_bytes()))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);
        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;
            /// Made of 16 bytes.
            pub fn of(bytes: &[u8; 16]) -> Self { Self(format!("{}_{}", $prefix, encode(bytes))) }
            /// As text.
            pub fn as_str(&self) -> &str { &self.0 }
            /// The 16 bytes behind the prefix.
            pub fn bytes(&self) -> [u8; 16] { decode(&self.0[$prefix.len() + 1..]).unwrap_or_default() }
            /// Takes what the database gave; it was checked when it was written.
            pub fn from_db(text: String) -> Self { Self(text) }
        }
        impl fmt::Display for $name { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) } }
        impl FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> std::result::Result<Self, ()> {
                let rest = text.strip_prefix(concat!($prefix, "_")).ok_or(())?;
                decode(rest).map(|b| Self::of(&b)).ok_or(())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(|()| serde::de::Error::custom(concat!("not an id of the form ", $prefix, "_…")))
            }
        }
        impl AsRef<str> for $name { fn as_ref(&self) -> &str { &self.0 } }
        impl Bind for $name {
            fn value(&self) -> Value { Value::Text(self.0.clone()) }
            fn value_ref(&self) -> store::ValueRef<'_> { store::ValueRef::Text(&self.0) }
        }
        impl store::FromCell for $name {
            const WANT: &'static str = concat!("an id of the form ", $prefix, "_…");
            fn from_cell(cell: store::Cell<'_>) -> Option<Self> { <String as store::FromCell>::from_cell(cell).map(Self) }
        }
        impl From<[u8; 16]> for $name { fn from(b: [u8; 16]) -> Self { Self::of(&b) } }
    )*};
}

ids! {
    /// A merchant: the account that owns all data below it.
    MerchantId = "mer";
    /// A sales channel.
    ShopId = "shp";
    /// A person who signs in.
    PersonId = "per";
    /// A session, as shown in the list of sessions (never its secret).
    SessionId = "ses";
    /// An invitation of staff.
    InvitationId = "inv";
    /// An API key (never its secret).
    ApiKeyId = "key";
    /// A customer.
    CustomerId = "cus";
    /// A further e-mail address or phone of a customer.
    ContactId = "con";
    /// A group of customers.
    GroupId = "grp";
    /// A tag.
    TagId = "tag";
    /// A note.
    NoteId = "not";
    /// A picture of a customer.
    AvatarId = "ava";
    /// An order.
    OrderId = "ord";
    /// A payment: one movement of money in.
    PaymentId = "pay";
    /// A refund.
    RefundId = "ref";
    /// A dispute.
    DisputeId = "dis";
    /// A payment method.
    MethodId = "met";
    /// A subscription.
    SubscriptionId = "sub";
    /// Something that can be subscribed to.
    PlanId = "pln";
    /// A line of a ledger of store credit.
    CreditId = "crd";
    /// An affiliate.
    AffiliateId = "aff";
    /// A payout to an affiliate.
    PayoutId = "pyo";
    /// A blocked card, e-mail address or customer.
    BlockId = "blk";
    /// A guest payment that was attached to a customer.
    AttachmentId = "att";
    /// A cancellation of imported history that fits no payment.
    UnmatchedId = "unm";
    /// An event.
    EventId = "evt";
    /// A job.
    JobId = "job";
    /// An import.
    ImportId = "imp";
    /// An invoice or credit note.
    InvoiceId = "ivc";
    /// An offer.
    OfferId = "ofr";
    /// A contract.
    ContractId = "ctr";
    /// Money charged to a method that is kept.
    ChargeId = "chg";
    /// A link by which a buyer pays.
    PaymentLinkId = "plk";
    /// A payment method that a customer is adding.
    MethodSetupId = "mst";
    /// A link by which a customer adds a payment method.
    MethodLinkId = "mlk";
    /// A return of goods.
    ReturnId = "ret";
    /// A logo on invoices.
    LogoId = "lgo";
    /// A mail on its way out.
    MailId = "mai";
    /// An account with a provider.
    AccountId = "pac";
    /// A file of a dispute.
    EvidenceFileId = "fil";
    /// Something a provider is asked for.
    CallId = "cal";
    /// A customer merged into another.
    MergeId = "mrg";
    /// A saved view of a list.
    ViewId = "vie";
    /// What was done when a customer was anonymised: the receipt.
    ErasureId = "era";
    /// A request of somebody about their data.
    RequestId = "prq";
    /// An endpoint that webhooks are sent to.
    WebhookId = "whe";
    /// A try to deliver a webhook.
    AttemptId = "wha";
    /// A ticket.
    TicketId = "tic";
    /// A change of several tickets, which can be taken back.
    TicketChangeId = "tkc";
    /// What was said on a ticket.
    TicketEntryId = "tke";
    /// A task.
    TaskId = "tsk";
    /// A template of mail.
    TemplateId = "tpl";
    /// A mailing: one template to many customers.
    MailingId = "mlg";
    /// A conversation: mails, a chat or a call.
    ConversationId = "cnv";
    /// One mail, message or call of a conversation.
    EntryId = "ent";
    /// A file that came or went with an entry.
    EntryFileId = "enf";
    /// A mail that was begun.
    MailDraftId = "mdr";
    /// A file of a mail that was begun.
    MailDraftFileId = "mdf";
    /// An account with Twilio that tells of calls.
    PhoneAccountId = "pha";
    /// A mailbox that is looked into.
    MailboxId = "mbx";
    /// A link by which a customer comes into the portal (never its secret).
    PortalLinkId = "ptl";
    /// A session of a customer in the portal (never its secret).
    PortalSessionId = "pse";
    /// A link to a new password (never its secret).
    ResetId = "rst";
    /// A passkey of a person.
    PasskeyId = "psk";
    /// A connection with an accounting service.
    AccountingId = "acn";
    /// A try to export something to an accounting service.
    ExportLogId = "exl";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_foreign_prefixes_are_refused() {
        let id = CustomerId::of(&IdSource::System.next(1_700_000_000_000_000));
        assert_eq!(id.as_str().parse::<CustomerId>(), Ok(id.clone()));
        assert_eq!(CustomerId::of(&id.bytes()), id);
        assert!(id.as_str().parse::<OrderId>().is_err());
        assert!("cus_'; --".parse::<CustomerId>().is_err());
        assert!("cus_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<CustomerId>().is_err());
    }

    #[test]
    fn of_two_made_in_one_moment_the_second_is_behind_the_first() {
        let all: Vec<_> = (0..1000).map(|_| IdSource::System.next(1_700_000_000_000_000)).collect();
        assert!(all.is_sorted());
    }

    #[test]
    fn seeded_ids_repeat_and_rise() {
        let (a, b) = (IdSource::seeded(7), IdSource::seeded(7));
        let mut last = [0u8; 16];
        for i in 0..2000 {
            let id = a.next(1_000_000 * (i / 500));
            assert_eq!(id, b.next(1_000_000 * (i / 500)));
            assert!(id > last);
            last = id;
        }
    }
}
