//! The little CBOR that authenticators write (CTAP 2, canonical form), over `minicbor`: maps whose length stands in front.

use minicbor::decode::{Decoder, Error};

/// The length of a map. Canonical CBOR writes it in front.
pub(super) fn map(d: &mut Decoder<'_>) -> Option<u64> {
    d.map().ok().flatten()
}

/// `authData` of an attestation object. Its statement about the make of the device is passed over.
pub(super) fn data_of(object: &[u8]) -> Option<Vec<u8>> {
    let mut d = Decoder::new(object);
    let mut data = None;
    for _ in 0..map(&mut d)? {
        match d.str().ok()? {
            "authData" => data = Some(d.bytes().ok()?.to_vec()),
            _ => d.skip().ok()?,
        }
    }
    data.filter(|_| d.position() == object.len())
}

/// A value of a COSE key: bytes, a number, or what is of no use here.
#[derive(Debug)]
pub(super) enum Value {
    /// Bytes.
    Bytes(Vec<u8>),
    /// A number.
    Number(i64),
    /// Something else.
    Other,
}

/// Reads one.
pub(super) fn value(d: &mut Decoder<'_>) -> Result<Value, Error> {
    use minicbor::data::Type;
    Ok(match d.datatype()? {
        Type::Bytes => Value::Bytes(d.bytes()?.to_vec()),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 => Value::Number(d.i64()?),
        _ => {
            d.skip()?;
            Value::Other
        }
    })
}
