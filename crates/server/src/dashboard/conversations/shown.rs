//! An entry as a page shows it.

use domain::conversations::{Direction, Entry, Kind, Outcome, Sending};
use domain::kit::Zone;
use domain::mail;

use crate::dashboard::moments;
use crate::look::When;

/// A file of an entry.
#[derive(Clone, Debug)]
pub struct Attached {
    pub href: String,
    pub name: String,
    /// `12 KB`
    pub size: String,
}

/// An entry in words.
#[derive(Clone, Debug)]
pub struct Said {
    pub e: Entry,
    pub at: When,
    pub icon: &'static str,
    /// "Ana Ruiz (ana@example.com)", "Mara Lind to ana@example.com".
    pub who: String,
    /// What became of it: tone and word, with what the server said.
    pub state: Option<(&'static str, &'static str, String)>,
    /// "Missed call", "Answered call, 3:05".
    pub call: String,
    pub files: Vec<Attached>,
    /// May this person answer it?
    pub answer: bool,
    /// The page of its chat, where this person may answer it.
    pub chat: Option<String>,
    /// May this person try to send it once more?
    pub retry: bool,
    /// May this person make a ticket of it?
    pub ticket: bool,
}

/// What this person may do with what was said.
#[derive(Clone, Copy, Debug)]
pub struct MayDo {
    /// Answer, and try again.
    pub write: bool,
    /// Go to a chat to answer it: not where its form stands below.
    pub chat: bool,
    /// Make a ticket: not for an archived customer.
    pub ticket: bool,
}

impl Said {
    fn of(e: Entry, zone: &Zone, may: MayDo) -> Self {
        let state = e.sending.as_ref().map(became);
        Self {
            at: moments::moment(zone, e.at),
            icon: icon(e.kind),
            who: who(&e),
            state,
            call: call(&e),
            files: e
                .files
                .iter()
                .map(|f| Attached { href: format!("/entries/{}/files/{}", e.id, f.id), name: f.name.clone(), size: size(f.size) })
                .collect(),
            answer: may.write && e.is_answerable(),
            chat: (may.chat && e.kind == Kind::Chat && e.direction == Direction::In)
                .then(|| format!("/conversations/{}#answer", e.conversation)),
            retry: may.write && e.may_go_again().is_some(),
            ticket: may.ticket,
            e,
        }
    }

    pub fn is_mail(&self) -> bool {
        self.e.kind == Kind::Mail
    }

    /// All who got it, where that were several: copies too.
    pub fn went_to(&self) -> &str {
        if self.e.more.contains(", ") { &self.e.more } else { "" }
    }

    /// What the button says that sends it once more. Of one that may have arrived it is a second one.
    pub fn again(&self) -> &'static str {
        again(self.e.sending.as_ref().map_or(mail::State::Failed, |s| s.state))
    }

    /// Did the house say it?
    pub fn is_ours(&self) -> bool {
        self.e.direction == Direction::Out
    }
}

/// What became of a mail: tone and word, with what a server said.
pub fn became(s: &Sending) -> (&'static str, &'static str, String) {
    match s.state {
        mail::State::Queued => ("attention", "Waits to be sent", s.error.clone()),
        mail::State::Sending => ("attention", "On its way", String::new()),
        mail::State::Sent => ("good", "Sent", String::new()),
        mail::State::Failed => ("problem", "Not sent", s.error.clone()),
        mail::State::Unknown => ("attention", "Perhaps sent", s.error.clone()),
    }
}

/// The button that sends a mail once more, by what became of it.
pub fn again(state: mail::State) -> &'static str {
    if state == mail::State::Unknown { "Send it again" } else { "Try again" }
}

/// Entries that were read newest first, the newest last.
pub fn said(mut entries: Vec<Entry>, zone: &Zone, may: MayDo) -> Vec<Said> {
    entries.reverse();
    entries.into_iter().map(|e| Said::of(e, zone, may)).collect()
}

pub fn icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Mail => "mail",
        Kind::Chat => "chat",
        Kind::Call => "phone",
    }
}

fn who(e: &Entry) -> String {
    let (author, address) = (e.author.trim(), e.address.as_str());
    match (e.direction, author.is_empty(), address.is_empty()) {
        (Direction::Out, true, _) => format!("To {address}"),
        (Direction::Out, false, true) => author.to_owned(),
        (Direction::Out, false, false) => format!("{author} to {address}"),
        (Direction::In, true, true) => "Somebody unknown".to_owned(),
        (Direction::In, true, false) => address.to_owned(),
        (Direction::In, false, true) => author.to_owned(),
        (Direction::In, false, false) => format!("{author} ({address})"),
    }
}

fn call(e: &Entry) -> String {
    let Some(outcome) = e.outcome else { return String::new() };
    let how = match (e.direction, outcome) {
        (_, Outcome::Voicemail) => "Voicemail".to_owned(),
        (Direction::Out, Outcome::Missed) => "Call, not answered".to_owned(),
        (_, other) => format!("{} call", other.label()),
    };
    if e.seconds > 0 { format!("{how}, {}:{:02}", e.seconds / 60, e.seconds % 60) } else { how }
}

/// `12 KB`
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}
