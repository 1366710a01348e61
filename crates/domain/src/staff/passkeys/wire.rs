//! What a browser hands over for a device, read strictly: `clientDataJSON` says what was asked where, the authenticator's data says for whom and
//! whether it saw its user. Pure: no clock, no database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

use super::key::{self, Key, Read};
use super::{Party, Unfit, cbor};

/// The longest number of a credential, in bytes (W3C Web Authentication, 5.8.3).
const ID_MAX: usize = 1023;
/// The longest answer that is looked at, in characters.
const ANSWER_MAX: usize = 60_000;
const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const HAS_KEY: u8 = 64;
const EXTENDED: u8 = 128;

/// An answer as the page sends it; bytes in base64 for addresses, without padding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    id: String,
    client: String,
    /// The attestation object, of a passkey that was made.
    #[serde(default)]
    made: String,
    /// The authenticator's data, of one that was used.
    #[serde(default)]
    data: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    user: Option<String>,
}

/// What the browser says it asked.
#[derive(Debug, Deserialize)]
struct Client {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// An answer, taken apart.
#[derive(Debug)]
pub(super) struct Answer {
    /// The credential's number, as it is kept.
    pub id: String,
    /// What was asked.
    pub challenge: String,
    /// The number of the person that the device has kept.
    pub user: Option<String>,
    client: Client,
    client_bytes: Vec<u8>,
    data: Vec<u8>,
    signature: Vec<u8>,
}

/// A passkey just made.
#[derive(Debug)]
pub(super) struct Fresh {
    /// Its public key, as the device wrote it.
    pub public_key: String,
    /// Where the device's count stands.
    pub count: i64,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A new passkey.
    Create,
    /// The use of one.
    Get,
}

fn bytes(text: &str) -> Result<Vec<u8>, Unfit> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Unfit::Form)
}

/// The public key as it was kept.
pub(super) fn kept(public_key: &str) -> Option<Key> {
    match key::read(&bytes(public_key).ok()?) {
        Read::Key(key, _) => Some(key),
        _ => None,
    }
}

impl Answer {
    /// Takes apart what the page sent; checks nothing yet.
    pub(super) fn read(text: &str, wanted: Wanted) -> Result<Self, Unfit> {
        let sent: Sent = Some(text).filter(|t| t.len() <= ANSWER_MAX).and_then(|t| serde_json::from_str(t).ok()).ok_or(Unfit::Form)?;
        let (id, client_bytes) = (bytes(&sent.id)?, bytes(&sent.client)?);
        let client: Client = serde_json::from_slice(&client_bytes).map_err(|_| Unfit::Form)?;
        let data = match wanted {
            Wanted::Create => cbor::data_of(&bytes(&sent.made)?).ok_or(Unfit::Form)?,
            Wanted::Get => bytes(&sent.data)?,
        };
        if id.is_empty() || id.len() > ID_MAX || data.len() < 37 || client.challenge.len() > 100 {
            return Err(Unfit::Form);
        }
        let (challenge, user, signature) = (client.challenge.clone(), sent.user.filter(|u| !u.is_empty()), bytes(&sent.signature)?);
        Ok(Self { id: URL_SAFE_NO_PAD.encode(id), challenge, user, client, client_bytes, data, signature })
    }

    /// Was this asked, here, and did the device make sure of its user?
    pub(super) fn check(&self, wanted: Wanted, party: &Party) -> Result<(), Unfit> {
        let kind = if wanted == Wanted::Create { "webauthn.create" } else { "webauthn.get" };
        if self.client.kind != kind {
            return Err(Unfit::Kind);
        }
        if self.client.origin != party.origin
            || self.client.cross_origin
            || self.data[..32] != *digest(&SHA256, party.id.as_bytes()).as_ref()
        {
            return Err(Unfit::Site);
        }
        if self.flags() & (PRESENT | VERIFIED) != PRESENT | VERIFIED {
            return Err(Unfit::Unseen);
        }
        Ok(())
    }

    fn flags(&self) -> u8 {
        self.data[32]
    }

    /// Where the device's count stands; 0 of devices that do not count.
    pub(super) fn count(&self) -> i64 {
        self.data[33..37].iter().fold(0, |n, byte| n << 8 | i64::from(*byte))
    }

    /// Is it signed with this key?
    pub(super) fn is_signed(&self, key: &Key) -> bool {
        let mut message = self.data.clone();
        message.extend_from_slice(digest(&SHA256, &self.client_bytes).as_ref());
        key.fits(&message, &self.signature)
    }

    /// The new passkey in it: 16 bytes about the make, the length of its number, the number, the key, and extensions if there are any.
    pub(super) fn fresh(&self) -> Result<Fresh, Unfit> {
        if self.flags() & HAS_KEY == 0 {
            return Err(Unfit::Form);
        }
        let rest = self.data.get(53..).ok_or(Unfit::Form)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(Unfit::Form)?;
        let (id, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(Unfit::Form)?;
        if URL_SAFE_NO_PAD.encode(id) != self.id {
            return Err(Unfit::Form);
        }
        match key::read(rest) {
            Read::Key(_, length) if length == rest.len() || self.flags() & EXTENDED != 0 => {
                Ok(Fresh { public_key: URL_SAFE_NO_PAD.encode(&rest[..length]), count: self.count() })
            }
            Read::OtherKind => Err(Unfit::Algorithm),
            Read::Key(..) | Read::Nothing => Err(Unfit::Form),
        }
    }
}
