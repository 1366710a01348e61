//! Puts an invoice on as many pages as it needs: head, lines under a head that each page repeats, taxes and totals kept together, what to
//! pay and how, and a foot with the number of the page.

mod end;
mod head;
mod table;

use super::PAGE;
use super::face::{Faces, Weight};
use super::marks::{Ink, Mark};
use crate::document::Document;
use crate::language::{Words, words};

/// From the edge of the paper.
const MARGIN: f32 = 56.7;
/// Where text ends on the right.
const RIGHT: f32 = PAGE.0 - MARGIN;
/// Between the two.
const WIDTH: f32 = RIGHT - MARGIN;
/// Text of the body, and from one line of it to the next.
const BODY: (f32, f32) = (9.0, 13.0);
/// Small print.
const SMALL: (f32, f32) = (7.5, 10.5);

/// Pages being filled.
pub(super) struct Flow<'a> {
    pub d: &'a Document,
    pub w: &'static Words,
    pub faces: &'a Faces,
    pages: Vec<Vec<Mark>>,
    /// The lines of the foot, the same on each page.
    foot: Vec<String>,
    /// How far down the page is filled.
    pub y: f32,
}

/// The marks of each page.
pub(super) fn pages(d: &Document, faces: &Faces) -> Vec<Vec<Mark>> {
    let mut foot = faces.regular.wrap(&d.footer, SMALL.0, WIDTH - 90.0);
    foot.truncate(4);
    let mut flow = Flow { d, w: words(&d.language), faces, pages: vec![Vec::new()], foot, y: MARGIN };
    head::first(&mut flow);
    table::lines(&mut flow);
    end::totals(&mut flow);
    end::paying(&mut flow);
    flow.feet();
    flow.pages
}

impl Flow<'_> {
    /// Where the foot begins.
    fn bottom(&self) -> f32 {
        PAGE.1 - MARGIN - SMALL.1 * self.foot.len().max(1) as f32
    }

    /// Is there room for so much?
    fn fits(&self, height: f32) -> bool {
        self.y + height <= self.bottom()
    }

    /// Begins another page.
    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
        head::continued(self);
    }

    /// Another page unless so much still fits on this one.
    fn need(&mut self, height: f32) {
        if !self.fits(height) {
            self.turn();
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Words that begin at `x`, on a baseline below `y`.
    fn say(&mut self, x: f32, y: f32, size: f32, weight: Weight, ink: Ink, text: &str) {
        if !text.trim().is_empty() {
            self.mark(Mark::Words { x, y, size, weight, ink, text: text.to_owned() });
        }
    }

    /// Words that end at `right`.
    fn say_to(&mut self, right: f32, y: f32, size: f32, weight: Weight, ink: Ink, text: &str) {
        let x = right - self.faces.of(weight).measure(text, size);
        self.say(x, y, size, weight, ink, text);
    }

    fn rule(&mut self, x: f32, y: f32, width: f32, thickness: f32, ink: Ink) {
        self.mark(Mark::Rule { x, y, width, thickness, ink });
    }

    /// A paragraph of the body over the given width, over pages where needed.
    fn paragraph(&mut self, text: &str, width: f32, weight: Weight) {
        for line in self.faces.of(weight).wrap(text, BODY.0, width) {
            self.need(BODY.1);
            self.y += BODY.1;
            let y = self.y;
            self.say(MARGIN, y, BODY.0, weight, Ink::Text, &line);
        }
    }

    /// The foot of each page, once it is known how many there are.
    fn feet(&mut self) {
        let (count, top) = (self.pages.len(), self.bottom());
        for n in 0..count {
            let number = format!("{} {} {} {count}", self.w.page, n + 1, self.w.of);
            let x = RIGHT - self.faces.regular.measure(&number, SMALL.0);
            let first = top + SMALL.1 + 8.0;
            let mut marks = vec![
                Mark::Rule { x: MARGIN, y: top + 6.0, width: WIDTH, thickness: 0.5, ink: Ink::Line },
                Mark::Words { x, y: first + 4.0, size: SMALL.0, weight: Weight::Regular, ink: Ink::Quiet, text: number },
            ];
            for (i, line) in self.foot.iter().enumerate() {
                let y = first + 4.0 + SMALL.1 * i as f32;
                let text = line.clone();
                marks.push(Mark::Words { x: MARGIN, y, size: SMALL.0, weight: Weight::Regular, ink: Ink::Quiet, text });
            }
            self.pages[n].extend(marks);
        }
    }
}
