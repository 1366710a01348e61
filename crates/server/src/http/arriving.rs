//! A file on its way in, larger than a body usually is: written to the disk as it comes, counted and fingerprinted, under a limit. What
//! breaks off half way is gone with its file.

use axum::body::Bytes;
use axum::http::StatusCode;
use domain::imports::Shelf;
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use super::Problem;

/// A file that came to its end.
#[derive(Debug)]
pub struct Arrived {
    /// Where it lies; gone when dropped.
    pub part: NamedTempFile,
    /// Its bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub hash: String,
}

/// Writes a stream to the shelf.
///
/// # Errors
/// 413 above `most` bytes, 400 when it broke off, 507 when the disk is full.
pub async fn arrive<E>(shelf: &Shelf, most: u64, stream: impl Stream<Item = Result<Bytes, E>>) -> Result<Arrived, Problem> {
    let part = shelf.part().map_err(cannot)?;
    let mut file = tokio::fs::File::from_std(part.reopen().map_err(cannot)?);
    let (mut stream, mut size, mut hash) = (std::pin::pin!(stream), 0, Sha256::new());
    while let Some(chunk) = stream.next().await {
        let broken = |_| Problem::new(StatusCode::BAD_REQUEST, "broken_off", "The file broke off on its way. Send it again.");
        let chunk = chunk.map_err(broken)?;
        size += chunk.len() as u64;
        if size > most {
            let words = format!("The file is larger than {} MB. Pack it by gzip, or split it.", most / (1 << 20));
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words));
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(cannot)?;
    }
    file.flush().await.map_err(cannot)?;
    let hash = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok(Arrived { part, size, hash })
}

fn cannot(error: std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::StorageFull => domain::Error::Store(store::Error::Full).into(),
        _ => domain::Error::Internal(format!("a file on its way in: {error}")).into(),
    }
}
