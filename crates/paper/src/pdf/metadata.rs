//! Says in the file's metadata (XMP) that it is a Factur-X invoice, with the description that PDF/A wants of such words. The library writes
//! the rest; its text is replaced in place and the table of objects moved along.

use crate::check::Fault;

/// What Factur-X wants to read.
const SAID: &str = r#"<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"><fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>"#;

/// Puts it into a finished file.
pub(super) fn with_factur_x(bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let wrong = || Fault::Pdf("the metadata is not where it is expected".to_owned());
    let begin = find(&bytes, b"<?xpacket begin", 0).ok_or_else(wrong)?;
    let end = find(&bytes, b"</rdf:RDF>", begin).ok_or_else(wrong)?;
    let stream_end = find(&bytes, b"\nendstream", end).ok_or_else(wrong)?;
    let length_at = rfind(&bytes[..begin], b"/Length ").ok_or_else(wrong)? + b"/Length ".len();
    let digits = bytes[length_at..].iter().take_while(|b| b.is_ascii_digit()).count();
    let old: usize = std::str::from_utf8(&bytes[length_at..length_at + digits]).ok().and_then(|t| t.parse().ok()).ok_or_else(wrong)?;
    if stream_end.checked_sub(begin) != Some(old) {
        return Err(wrong());
    }
    let mut text = String::from_utf8(bytes[begin..end].to_vec()).map_err(|_| wrong())?;
    text.push_str(SAID);
    describe(&mut text);
    let added = text.len() - (end - begin);
    let length = (old + added).to_string();
    let mut out = Vec::with_capacity(bytes.len() + added + 8);
    out.extend_from_slice(&bytes[..length_at]);
    out.extend_from_slice(length.as_bytes());
    out.extend_from_slice(&bytes[length_at + digits..begin]);
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(&bytes[end..]);
    move_table(out, begin, added + length.len() - digits).ok_or_else(wrong)
}

/// The description stands beside others where there are some: PDF/A wants one list.
fn describe(text: &mut String) {
    const OPEN: &str = "<pdfaExtension:schemas><rdf:Bag>";
    let property = |name: &str, words: &str| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>"
        )
    };
    let properties = [
        property("DocumentFileName", "name of the embedded XML invoice file"),
        property("DocumentType", "INVOICE"),
        property("Version", "The actual version of the Factur-X XML schema"),
        property("ConformanceLevel", "The conformance level of the embedded Factur-X data"),
    ]
    .concat();
    let schema = format!(
        "<rdf:li rdf:parseType=\"Resource\"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    );
    match text.find(OPEN) {
        Some(at) => text.insert_str(at + OPEN.len(), &schema),
        None => text.push_str(&format!(
            "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">{OPEN}{schema}</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
        )),
    }
}

/// Moves what the table of objects says behind `from` by `by` bytes, and the place of the table itself.
fn move_table(mut bytes: Vec<u8>, from: usize, by: usize) -> Option<Vec<u8>> {
    let at = rfind(&bytes, b"startxref")?;
    let rest = std::str::from_utf8(&bytes[at + 9..]).ok()?;
    let table: usize = rest.split_whitespace().next()?.parse().ok()?;
    let table = table + by;
    let head = std::str::from_utf8(bytes.get(table..at)?).ok()?;
    let mut lines = head.strip_prefix("xref\n")?;
    let count: usize = lines.lines().next()?.split(' ').nth(1)?.parse().ok()?;
    let first = table + 5 + lines.find('\n')? + 1;
    lines = &head[first - table..];
    let mut moved = Vec::with_capacity(count * 20);
    for i in 0..count {
        let entry = lines.get(i * 20..i * 20 + 20)?;
        let offset: usize = entry.get(..10)?.parse().ok()?;
        let used = entry.as_bytes()[17] == b'n';
        let offset = if used && offset > from { offset + by } else { offset };
        moved.extend_from_slice(format!("{offset:010}{}", &entry[10..]).as_bytes());
    }
    bytes[first..first + moved.len()].copy_from_slice(&moved);
    bytes.truncate(at);
    bytes.extend_from_slice(format!("startxref\n{table}\n%%EOF").as_bytes());
    Some(bytes)
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|w| w == what).map(|at| at + from)
}

fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|w| w == what)
}
