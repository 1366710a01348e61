//! What a form asks to be done, and with whom.

use domain::customers::HowToCancel;
use domain::customers::bulk::{Action, Selection};

use crate::dashboard::Typed;

/// A group action as it was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub kind: &'static str,
    pub selection: Selection,
    /// Absent while its group or tags are to be chosen.
    pub action: Option<Action>,
    /// The selection as pairs, for the next form.
    pub carried: Vec<(String, String)>,
}

const KINDS: [&str; 12] = [
    "archive",
    "unarchive",
    "delete",
    "restore",
    "delete_permanently",
    "anonymise",
    "set_group",
    "add_tags",
    "remove_tags",
    "export",
    "merge",
    "auto_mail",
];

impl Asked {
    /// Reads it; `None` when nobody is selected or the action is unknown.
    pub fn of(typed: &Typed, query: &str) -> Option<Self> {
        let kind = KINDS.into_iter().find(|kind| *kind == typed.get("action"))?;
        let ids = |name| typed.all(name).filter_map(|id| id.parse().ok()).collect::<Vec<_>>();
        let selection = if typed.ticked("all") {
            Selection::All { query: query.to_owned(), except: ids("except") }
        } else {
            Selection::Ids(Some(ids("id")).filter(|ids| !ids.is_empty())?)
        };
        let carried = typed.0.iter().filter(|(key, _)| ["action", "id", "all", "except"].contains(&key.as_str())).cloned();
        Some(Self { kind, action: action(kind, typed), carried: carried.collect(), selection })
    }

    /// `Archive 12 customers`
    pub fn title(&self, many: &str) -> String {
        match self.kind {
            "set_group" => format!("Group of {many}"),
            "add_tags" => format!("Tag {many}"),
            "remove_tags" => format!("Untag {many}"),
            _ => self.button(many),
        }
    }

    /// What the button says that does it.
    pub fn button(&self, many: &str) -> String {
        match self.kind {
            "archive" => format!("Archive {many}"),
            "unarchive" => format!("Unarchive {many}"),
            "delete" => format!("Delete {many}"),
            "restore" => format!("Restore {many}"),
            "delete_permanently" => format!("Delete {many} permanently"),
            "anonymise" => format!("Anonymise {many}"),
            "set_group" => format!("Set the group of {many}"),
            "add_tags" => format!("Tag {many}"),
            _ => format!("Untag {many}"),
        }
    }

    /// The page of exports with this selection.
    pub fn export_address(&self, query: &str) -> String {
        let mut address = format!("/customers/export?{query}");
        if let Selection::Ids(ids) = &self.selection {
            for id in ids {
                address.push_str(&format!("&id={id}"));
            }
        }
        if let Selection::All { except, .. } = &self.selection {
            for id in except {
                address.push_str(&format!("&except={id}"));
            }
        }
        address
    }
}

fn action(kind: &str, typed: &Typed) -> Option<Action> {
    let tags = || {
        let typed_ones = typed.get("new_tags").split(',').map(str::trim);
        let tags: Vec<String> = typed.all("tag").chain(typed_ones).filter(|t| !t.is_empty()).map(str::to_owned).collect();
        Some(tags).filter(|tags| !tags.is_empty())
    };
    Some(match kind {
        "archive" => Action::Archive {
            subscription: match typed.get("subscription") {
                "now" => Some(HowToCancel::Now),
                "period_end" => Some(HowToCancel::PeriodEnd),
                _ => None,
            },
        },
        "unarchive" => Action::Unarchive,
        "delete" => Action::Delete,
        "restore" => Action::Restore,
        "delete_permanently" => Action::DeletePermanently,
        "anonymise" => Action::Anonymise,
        "set_group" => match typed.get("group") {
            "" => return None,
            "none" => Action::SetGroup { group: None },
            id => Action::SetGroup { group: Some(id.parse().ok()?) },
        },
        "add_tags" => Action::AddTags { tags: tags()? },
        "remove_tags" => Action::RemoveTags { tags: tags()? },
        _ => return None,
    })
}
