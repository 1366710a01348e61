//! The latest long work in one list: jobs, and imports that somebody started, newest first.

use std::cmp::Reverse;

use domain::imports::Import;
use domain::jobs::Job;
use domain::kit::{Micros, Zone};

use super::shown::JobView;
use crate::dashboard::imports::words;
use crate::dashboard::moments;
use crate::http::Who;
use crate::look::When;

/// A line of the list.
#[derive(Debug)]
pub struct Latest {
    pub id: String,
    pub href: String,
    pub title: String,
    pub tone: &'static str,
    pub word: &'static str,
    /// `3,120 of 9,204`; of an import what became of its rows: `3,120 rows, 4 failed`.
    pub progress: String,
    pub by: String,
    pub asked: When,
    /// It goes on.
    pub moves: bool,
    at: Micros,
}

/// At most `most` of both.
pub fn of(jobs: &[Job], imports: &[Import], who: &Who, zone: &Zone, most: usize) -> Vec<Latest> {
    let jobs = jobs.iter().map(|job| job_line(job, who, zone));
    let mut all: Vec<Latest> = jobs.chain(imports.iter().filter(|i| i.state.is_work()).map(|i| import_line(i, zone))).collect();
    all.sort_by_key(|line| Reverse(line.at));
    all.truncate(most);
    all
}

fn job_line(job: &Job, who: &Who, zone: &Zone) -> Latest {
    let view = JobView::of(job, who, zone);
    Latest {
        href: format!("/jobs/{}", view.id),
        id: view.id,
        title: view.title,
        tone: view.tone,
        word: view.word,
        progress: view.progress,
        by: view.by,
        asked: view.asked,
        moves: !view.over,
        at: job.created_at,
    }
}

fn import_line(i: &Import, zone: &Zone) -> Latest {
    Latest {
        href: format!("/imports/{}", i.id),
        id: i.id.to_string(),
        title: format!("Import of {}", words::name(i)),
        tone: words::tone(i.state),
        word: i.state.label(),
        progress: progress(i),
        by: i.actor_name.clone(),
        asked: moments::moment(zone, i.started_at),
        moves: i.state.is_under_way(),
        at: i.started_at,
    }
}

fn progress(i: &Import) -> String {
    if let Some(going) = i.progress.as_ref().filter(|going| i.state.is_under_way() && going.total > 0) {
        return format!("{} %", going.done.min(going.total) * 100 / going.total);
    }
    let c = &i.counts;
    let rows = c.created + c.changed + c.unchanged + c.failed;
    let failed = if c.failed > 0 { format!(", {} failed", words::number(c.failed)) } else { String::new() };
    format!("{} {}{failed}", words::number(rows), if rows == 1 { "row" } else { "rows" })
}
