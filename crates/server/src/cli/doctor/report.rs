//! What was found, a line for each check.

use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It is as it should be.
    Fine,
    /// Nothing has to be done; it is said so that nobody wonders.
    Note,
    /// Somebody has to do something.
    Todo,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at: `database`, `mail server`.
    pub check: &'static str,
    /// How it stands.
    pub mark: Mark,
    /// What was seen, in a sentence.
    pub says: String,
    /// What to do; empty where there is nothing.
    #[serde(rename = "do")]
    pub advice: String,
}

impl Finding {
    fn line(&self) -> String {
        let sign = match self.mark {
            Mark::Fine => '✓',
            Mark::Note => '–',
            Mark::Todo => '✗',
        };
        let advice = if self.advice.is_empty() { String::new() } else { format!(" → {}", self.advice) };
        format!("{sign} {}: {}{advice}", self.check, self.says)
    }
}

/// All that was found so far.
#[derive(Debug)]
pub struct Report {
    found: Vec<Finding>,
    json: bool,
}

impl Report {
    /// Prints each line when it is found; with `json` one document at the end.
    pub fn new(json: bool) -> Self {
        Self { found: Vec::new(), json }
    }

    /// As it should be.
    pub fn fine(&mut self, check: &'static str, says: impl Into<String>) {
        self.add(Finding { check, mark: Mark::Fine, says: says.into(), advice: String::new() });
    }

    /// Worth knowing.
    pub fn note(&mut self, check: &'static str, says: impl Into<String>) {
        self.add(Finding { check, mark: Mark::Note, says: says.into(), advice: String::new() });
    }

    /// Something to do.
    pub fn todo(&mut self, check: &'static str, says: impl Into<String>, advice: impl Into<String>) {
        self.add(Finding { check, mark: Mark::Todo, says: says.into(), advice: advice.into() });
    }

    fn add(&mut self, finding: Finding) {
        if !self.json {
            println!("{}", finding.line());
        }
        self.found.push(finding);
    }

    /// Prints the document when one was asked for; gives how many things there are to do.
    pub fn end(self) -> usize {
        let todo = self.found.iter().filter(|f| f.mark == Mark::Todo).count();
        if self.json {
            println!("{}", serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "ok": todo == 0, "checks": self.found }));
        }
        todo
    }
}
