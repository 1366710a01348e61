//! Writes elements one behind the other. Names are ours; text is escaped, and what XML 1.0 has no place for is left out.

/// A document being written.
#[derive(Default)]
pub(super) struct Xml {
    out: String,
    open: Vec<String>,
}

impl Xml {
    /// Begins an element.
    pub(super) fn open(&mut self, name: &str) -> &mut Self {
        self.indent();
        self.out.push_str(&format!("<{name}"));
        if self.open.is_empty() {
            for (prefix, uri) in SPACES {
                self.out.push_str(&format!(" xmlns:{prefix}=\"{uri}\""));
            }
        }
        self.out.push_str(">\n");
        self.open.push(name.to_owned());
        self
    }

    /// Ends as many elements.
    pub(super) fn close(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            if let Some(name) = self.open.pop() {
                self.indent();
                self.out.push_str(&format!("</{name}>\n"));
            }
        }
        self
    }

    /// An element that holds text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.element(name, "", text)
    }

    /// The same, unless the text is empty.
    pub(super) fn maybe(&mut self, name: &str, text: &str) -> &mut Self {
        if text.trim().is_empty() { self } else { self.text(name, text) }
    }

    /// The same, with one attribute.
    pub(super) fn with(&mut self, name: &str, attribute: &str, value: &str, text: &str) -> &mut Self {
        self.element(name, &format!(" {attribute}=\"{}\"", escaped(value)), text)
    }

    fn element(&mut self, name: &str, attributes: &str, text: &str) -> &mut Self {
        self.indent();
        self.out.push_str(&format!("<{name}{attributes}>{}</{name}>\n", escaped(text.trim())));
        self
    }

    fn indent(&mut self) {
        if self.out.is_empty() {
            self.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        }
        self.out.push_str(&" ".repeat(self.open.len()));
    }

    /// The whole text; what is still open is closed.
    pub(super) fn finish(mut self) -> String {
        let left = self.open.len();
        self.close(left);
        self.out
    }
}

const SPACES: [(&str, &str); 4] = [
    ("rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
    ("ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
    ("udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
];

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
