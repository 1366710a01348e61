//! The page: A4, set with one family of type, as PDF/A-3b; the data of EN 16931 inside it under the name that Factur-X gives it.
#![allow(clippy::float_arithmetic)] // Places on a page are points, not money.

mod face;
mod flow;
mod marks;
mod metadata;

use krilla::configure::{Archival, ConfigurationBuilder, PdfVersion};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::{Document as Pdf, SerializeSettings};

use crate::check::{Fault, adds_up, not_in_norm};
use crate::document::{Document, Moment};
use crate::language::words;
use face::Faces;

/// A4 in points.
const PAGE: (f32, f32) = (595.28, 841.89);

/// The PDF of a document. The data is inside unless [`not_in_norm`] says why not.
///
/// # Errors
/// [`Fault::Sums`] when it does not add up; [`Fault::Pdf`] when the library refuses.
pub fn pdf(d: &Document) -> Result<Vec<u8>, Fault> {
    adds_up(d)?;
    let faces = Faces::new().ok_or_else(|| Fault::Pdf("the typeface cannot be read".to_owned()))?;
    let pages = flow::pages(d, &faces);
    let configuration = ConfigurationBuilder::new().with_version(PdfVersion::Pdf17).with_archival_validator(Archival::A3_B);
    let configuration = configuration.finish().map_err(|e| Fault::Pdf(format!("{e:?}")))?;
    let mut file = Pdf::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    for marks in &pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| Fault::Pdf("A4".to_owned()))?;
        let mut page = file.start_page_with(settings);
        let mut surface = page.surface();
        marks::draw(&mut surface, marks, &faces, d.logo.as_ref());
        surface.finish();
        page.finish();
    }
    let inside = not_in_norm(d).is_none();
    if inside {
        embed(&mut file, d, crate::xml::xml(d)?)?;
    }
    file.set_metadata(about(d));
    let bytes = file.finish().map_err(|e| Fault::Pdf(format!("{e:?}")))?;
    if inside { metadata::with_factur_x(bytes) } else { Ok(bytes) }
}

fn embed(file: &mut Pdf, d: &Document, data: String) -> Result<(), Fault> {
    let mime_type = MimeType::new("text/xml");
    let embedded = EmbeddedFile {
        path: "factur-x.xml".to_owned(),
        mime_type,
        description: Some("The invoice as data, EN 16931".to_owned()),
        association_kind: AssociationKind::Alternative,
        data: data.into_bytes().into(),
        modification_date: Some(moment(d.issued_at)),
        compress: Some(true),
        location: None,
    };
    file.embed_file(embedded).ok_or_else(|| Fault::Pdf("embedding the data".to_owned()))
}

fn about(d: &Document) -> Metadata {
    let w = words(&d.language);
    let language = d.language.get(..2).filter(|l| l.bytes().all(|b| b.is_ascii_alphabetic())).unwrap_or("en");
    Metadata::new()
        .title(printable(&format!("{} {}", w.kind(d.kind), d.number)))
        .authors(vec![printable(&d.seller.name)])
        .creator("Regulars".to_owned())
        .language(language.to_ascii_lowercase())
        .creation_date(moment(d.issued_at))
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn moment(m: Moment) -> DateTime {
    let small = |n: i8| u8::try_from(n).unwrap_or(0);
    DateTime::new(u16::try_from(m.date.year).unwrap_or(1970))
        .month(small(m.date.month))
        .day(small(m.date.day))
        .hour(small(m.hour))
        .minute(small(m.minute))
        .second(small(m.second))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
