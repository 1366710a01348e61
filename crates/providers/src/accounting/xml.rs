//! XML as Twinfield speaks it: text and elements written with everything escaped, answers read into a small tree.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Elements inside of elements, no deeper than this: answers are flat, and a tree without end is none.
const DEEPEST: usize = 64;

/// An element of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    /// An attribute; empty when it is not there.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// All elements of a name, itself too, in their order.
    pub fn all(&self, name: &str) -> Vec<&Element> {
        let mut found = Vec::new();
        self.gather(name, &mut found);
        found
    }

    fn gather<'a>(&'a self, name: &str, found: &mut Vec<&'a Element>) {
        if self.name == name {
            found.push(self);
        }
        self.children.iter().for_each(|child| child.gather(name, found));
    }

    /// The text of the first element of a name; empty when there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.all(name).first().map_or("", |e| e.text.trim())
    }
}

/// Reads a document; `None` for what is none, and for one with a document type, which answers do not have.
pub(super) fn read(text: &str) -> Option<Element> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() < DEEPEST => open.push(element(&start)?),
            Event::Start(_) | Event::DocType(_) => return None,
            Event::Empty(start) => close(element(&start)?, &mut open, &mut root),
            Event::End(_) => {
                let done = open.pop()?;
                close(done, &mut open, &mut root);
            }
            Event::Text(text) => say(&mut open, &text.xml10_content()),
            Event::CData(text) => say(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let letter = match reference.resolve_char_ref().ok()? {
                    Some(letter) => letter,
                    None => named(&reference.xml10_content())?,
                };
                say(&mut open, letter.encode_utf8(&mut [0; 4]));
            }
            Event::Eof => return root.filter(|_| open.is_empty()),
            _ => {}
        }
    }
}

fn close(done: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(done),
        None => *root = Some(done),
    }
}

fn say(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Names without their prefix: the services change prefixes as they like.
fn element(start: &BytesStart<'_>) -> Option<Element> {
    let local = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        attributes.push((local(attribute.key.as_ref()), value.into_owned()));
    }
    Some(Element { name: local(start.name().as_ref()), attributes, ..Element::default() })
}

/// Text inside of an element or an attribute. What XML cannot hold is left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// `<name>text</name>`; nothing for empty text.
pub(super) fn tag(out: &mut String, name: &str, text: &str) {
    if !text.is_empty() {
        out.push_str(&format!("<{name}>{}</{name}>", escaped(text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back_letter_by_letter() {
        let odd = "Müller & Söhne <b>\"x\"</b> 'y' ]]> \u{1f600}";
        let mut text = String::from("<a k=\"");
        text.push_str(&escaped(odd));
        text.push_str("\">");
        tag(&mut text, "b", odd);
        tag(&mut text, "c", "");
        tag(&mut text, "d", "a\u{0}b\u{b}c");
        text.push_str("</a>");
        let read = read(&text).unwrap();
        assert_eq!((read.attribute("k"), read.text_of("b"), read.text_of("d")), (odd, odd, "abc"));
        assert!(read.all("c").is_empty());
    }

    #[test]
    fn prefixes_cdata_and_numbers_are_read_and_nonsense_is_nothing() {
        let read_ =
            read("<?xml version=\"1.0\"?><s:e xmlns:s=\"x\"><!-- no --><s:r><![CDATA[<in>]]>&#65;&#x42;</s:r><s:n/></s:e>").unwrap();
        assert_eq!((read_.name.as_str(), read_.text_of("r"), read_.all("n").len()), ("e", "<in>AB", 1));
        for nonsense in ["", "text", "<a>", "<a></b>", "<a>&bomb;</a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", &"<a>".repeat(100)] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
