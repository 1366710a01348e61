//! What a file is by its content, never by its name or by what a browser says: papers and pictures of papers.

/// The kinds that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    /// A document of Word, in its packed form.
    Word,
    /// A text of OpenDocument.
    OpenDocument,
}

impl Kind {
    /// As the register of media types calls it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::OpenDocument => "application/vnd.oasis.opendocument.text",
        }
    }

    /// How the names of such files end.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Word => "docx",
            Self::OpenDocument => "odt",
        }
    }
}

/// What it is; `None` for anything else.
pub fn of(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Kind::Pdf),
        [0x89, b'P', b'N', b'G', ..] => Some(Kind::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [b'P', b'K', 3, 4, ..] => packed(bytes),
        _ => None,
    }
}

/// OpenDocument says what it is in the first entry, unpacked; Word has its text in a folder of its own, named in the directory at the end.
fn packed(bytes: &[u8]) -> Option<Kind> {
    const TEXT: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.text";
    if bytes.get(30..).is_some_and(|rest| rest.starts_with(TEXT)) {
        return Some(Kind::OpenDocument);
    }
    let has = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    (has(b"[Content_Types].xml") && has(b"word/document.xml")).then_some(Kind::Word)
}

/// The name of a file without folders and control characters, of at most 100 characters; `or` when nothing is left of it.
pub fn name(said: &str, or: impl FnOnce() -> String) -> String {
    let name: String = said.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(100).collect();
    if name.trim().is_empty() { or() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_is_in_it() {
        let odt = [b"PK\x03\x04".as_slice(), &[0; 26], b"mimetypeapplication/vnd.oasis.opendocument.text", &[0; 9]].concat();
        let docx = [b"PK\x03\x04".as_slice(), &[0; 26], b"[Content_Types].xml", &[7; 40], b"word/document.xml"].concat();
        for (bytes, kind) in [
            (b"%PDF-1.7".as_slice(), Some(Kind::Pdf)),
            (b"\x89PNG\r\n", Some(Kind::Png)),
            (b"\xff\xd8\xff\xe0", Some(Kind::Jpeg)),
            (&odt, Some(Kind::OpenDocument)),
            (&docx, Some(Kind::Word)),
            (b"PK\x03\x04 any archive", None),
            (b"MZ\x90\x00", None),
            (b"<!doctype html>", None),
            (b"", None),
        ] {
            assert_eq!(of(bytes), kind);
        }
    }

    #[test]
    fn a_name_has_no_folder_and_no_control_characters() {
        assert_eq!(name("C:\\papers\\lease.pdf", String::new), "lease.pdf");
        assert_eq!(name("../../a\r\nb", String::new), "ab");
        assert_eq!(name(" ", || "contract".to_owned()), "contract");
        assert_eq!(name(&"x".repeat(300), String::new).len(), 100);
    }
}
