//! Files that are uploaded: looked at, checked, run, killed, stopped, taken back, forgotten.

use std::io::Write as _;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::customers::CustomerEdit;
use crate::files::Kind;
use crate::imports::run::ROWS;
use crate::imports::{self, Import, ImportError, KEPT, MatchBy, Shelf};
use crate::kit::{Error, ImportId, Right, SystemClock};

/// What an uploaded import is pressed with.
type Verb = fn(&mut Tx, &Ctx, &ImportId) -> crate::Result<Import>;

impl Desk {
    fn shelf(&self) -> Shelf {
        Shelf::of(self.folder.path())
    }

    fn receive(&self, name: &str, bytes: &[u8]) -> Result<imports::Uploaded, ImportError> {
        let mut part = self.shelf().part().unwrap();
        part.write_all(bytes).unwrap();
        imports::receive(&self.shelf(), part, name, self.ctx.id())
    }

    pub(super) fn uploaded(&self, name: &str, bytes: impl AsRef<[u8]>) -> ImportId {
        let file = self.receive(name, bytes.as_ref()).unwrap();
        self.write(move |tx, ctx| imports::upload(tx, ctx, &file)).id
    }

    pub(super) fn press(&self, id: &ImportId, verb: Verb) -> crate::Result<Import> {
        let (ctx, id) = (self.ctx.clone(), id.clone());
        self.db.write_now(move |tx| verb(tx, &ctx, &id))
    }

    fn import_of(&self, id: &ImportId) -> Import {
        let id = id.clone();
        self.read(move |tx, ctx| imports::load(tx, ctx, &id))
    }

    pub(super) fn work(&self) -> usize {
        self.work_until(&|| false)
    }

    fn work_until(&self, stop: &(dyn Fn() -> bool + Sync)) -> usize {
        imports::work(&self.db, &self.shelf(), &FixedClock(NOW), &SystemClock, stop).unwrap()
    }

    /// Works until the process is told to stop after so many looks.
    fn work_for(&self, looks: usize) {
        let seen = AtomicUsize::new(0);
        self.work_until(&|| seen.fetch_add(1, Ordering::Relaxed) >= looks);
    }

    pub(super) fn chosen(&self, id: &ImportId, fields: &[&str], by: MatchBy) -> crate::Result<Import> {
        let import = self.import_of(id);
        let request = Request { columns: Some(fields.iter().map(|f| (*f).to_owned()).collect()), by, ..Request::of(self.shop.clone()) };
        let plan = imports::chosen(&self.shelf(), &import, &request)?;
        let (ctx, id) = (self.ctx.clone(), id.clone());
        self.db.write_now(move |tx| imports::choose(tx, &ctx, &id, &request, &plan))
    }

    /// Names of what lies on the shelf.
    fn lying(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("imports")) else { return Vec::new() };
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn code<T: std::fmt::Debug>(done: crate::Result<T>) -> &'static str {
    match done.unwrap_err() {
        Error::Conflict { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

fn rows(n: usize) -> String {
    let line = |i: usize| format!("Person {i},p{i}@example.com,C{i}\n");
    std::iter::once("Name,Email,Customer Number\n".to_owned()).chain((0..n).map(line)).collect()
}

store::db_test! {
    crate::migrations();

    fn a_file_is_looked_at_checked_run_and_taken_back(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("there.csv", "Name,Email,Phone\nAna Ruiz,ana@example.es,\n"), None);
        let before = desk.trade();
        let id = desk.uploaded("../people.csv", "Full,Mail,Tel,Born\nAna Ruiz,ana@example.es,+34 612345678,1990\nBob,bob@example.com,,1991\nCy,cy at example,,\n");
        let import = desk.import_of(&id);
        assert_eq!((import.state, import.file_name.as_str(), import.layout.as_str()), (State::Uploaded, "people.csv", ""));
        assert_eq!(code(desk.press(&id, imports::start)), "import_columns", "nobody said which column is which");
        let seen = imports::look(&desk.shelf(), &import, None).unwrap();
        assert_eq!(seen.columns[3].samples, ["1990", "1991"]);
        assert_eq!((seen.kind, seen.columns[0].name.as_str(), seen.columns[0].field.as_str()), (Kind::Customers, "Full", ""));
        let wrong = desk.chosen(&id, &["Name", "Name", "", "nonsense"], MatchBy::Auto).unwrap_err();
        let Error::Invalid(problems) = wrong else { panic!("{wrong:?}") };
        assert_eq!(problems.0.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["columns.1", "columns.3"]);
        assert!(problems.0[0].message.contains("\"Full\" and \"Mail\""), "{problems:?}");
        desk.chosen(&id, &["Name", "Email", "Phone", "Metadata:born"], MatchBy::Auto).unwrap();
        desk.press(&id, imports::check).unwrap();
        assert_eq!(code(desk.press(&id, imports::check)), "import_begun");
        assert_eq!(desk.work(), 1);
        let import = desk.import_of(&id);
        let found = import.checked.clone().unwrap();
        assert_eq!((import.state, found.problem.as_str()), (State::Checked, ""));
        assert_eq!((found.counts.created, found.counts.changed, found.counts.failed), (1, 1, 1));
        assert_eq!(found.failures[0].0, 3);
        assert_eq!(found.changes[0].name, "Ana Ruiz");
        assert!(found.changes[0].fields.contains(&("phone".into(), String::new(), "+34 612345678".into())), "{found:?}");
        assert_eq!(desk.trade(), before, "a dry run changes nothing");
        assert!(!desk.lying().iter().any(|n| n.ends_with(".copy")), "{:?}", desk.lying());
        desk.press(&id, imports::start).unwrap();
        assert_eq!(code(desk.press(&id, imports::start)), "import_begun", "pressed twice is once");
        desk.work();
        let import = desk.import_of(&id);
        assert_eq!((import.state, import.counts), (State::Done, found.counts), "as the dry run said");
        assert_eq!(desk.lying(), [format!("{id}.failed")], "the file is gone, what was not taken is kept");
        let failed = std::fs::read_to_string(desk.shelf().failed(&id)).unwrap();
        assert!(failed.starts_with("Full,Mail,Tel,Born,Import Row,Import Problem\nCy,"), "{failed}");
        let again = desk.uploaded("failed.csv", failed.replace("cy at example", "cy@example.com"));
        desk.chosen(&again, &["Name", "Email", "Phone", ""], MatchBy::Auto).unwrap();
        desk.press(&again, imports::start).unwrap();
        desk.work();
        assert_eq!(desk.by_email("cy@example.com").name, "Cy");
        let told = imports::foretell(&desk.db, &desk.ctx, &id).unwrap();
        assert_eq!((told.deleted, told.restored, told.kept, told.more), (1, 1, 0, false));
        for id in [again, id] {
            desk.press(&id, imports::take_back).unwrap();
            desk.work();
            assert_eq!(desk.import_of(&id).state, State::Undone);
            assert_eq!(code(desk.press(&id, imports::take_back)), "import_over");
        }
        assert_eq!(desk.trade(), before);
        assert!(desk.lying().is_empty());
        desk.verified();
    }

    fn a_long_file_is_tried_in_a_copy_and_a_short_one_is_not_and_both_tell_what_happens(db) {
        let desk = Desk::new(db, "Shop");
        for n in [ROWS, ROWS + 1] {
            let before = desk.trade();
            let line = |i: usize| format!("Person {i},p{i}@example.com,New group\n");
            let good: String = (1..n).map(line).collect();
            let id = desk.uploaded("people.csv", format!("Who,Mail,Kind\n{good}Nobody,nobody at all,New group\n"));
            desk.chosen(&id, &["Name", "Email", "Group"], MatchBy::Auto).unwrap();
            desk.press(&id, imports::check).unwrap();
            desk.work();
            let found = desk.import_of(&id).checked.unwrap();
            assert_eq!((found.counts.created, found.counts.failed, found.failures[0].0), (n as i64 - 1, 1, n as u64), "{found:?}");
            assert_eq!(desk.trade(), before, "a dry run changes nothing");
            desk.press(&id, imports::start).unwrap();
            desk.work();
            assert_eq!(desk.import_of(&id).counts, found.counts);
            desk.press(&id, imports::take_back).unwrap();
            desk.work();
            assert_eq!(desk.trade(), before);
        }
        desk.verified();
    }

    fn one_that_is_killed_goes_on_behind_the_last_slice(db) {
        let desk = Desk::new(db, "Shop");
        let id = desk.uploaded("many.csv", rows(3 * ROWS + 100));
        desk.press(&id, imports::start).unwrap();
        desk.work_for(3);
        let half = desk.import_of(&id);
        assert!(half.state == State::Running && half.counts.created > 0 && half.counts.created < 3 * ROWS as i64, "{half:?}");
        desk.work();
        let done = desk.import_of(&id);
        assert_eq!((done.state, done.counts.created, done.counts.unchanged), (State::Done, 3 * ROWS as i64 + 100, 0), "one outcome for each row");
        assert_eq!(desk.lines("customer").len(), 3 * ROWS + 100);
        assert_eq!(desk.work(), 0, "nothing waits");
        desk.verified();
    }

    fn a_process_without_the_file_leaves_it_to_the_one_that_has_it(db) {
        let (desk, other) = (Desk::new(db, "Shop"), tempfile::tempdir().unwrap());
        let minutes = |n: i64| NOW + n * 60_000_000;
        let by = |shelf: &Shelf, now: i64| imports::work(&desk.db, shelf, &FixedClock(NOW), &FixedClock(now), &|| false).unwrap();
        let (here, there) = (desk.shelf(), Shelf::of(other.path()));
        let id = desk.uploaded("people.csv", "Name,Email\nAna,ana@example.es\n");
        desk.press(&id, imports::start).unwrap();
        assert_eq!((by(&there, minutes(0)), by(&there, minutes(14))), (0, 0));
        let waits = desk.import_of(&id);
        assert_eq!((waits.state, waits.progress.unwrap().phase.as_str()), (State::Running, "Waits for the process that has the file"));
        assert_eq!(by(&here, minutes(14)), 1);
        assert_eq!(desk.import_of(&id).state, State::Done);
        // Where nobody has it, it says so in the end, and leaves nothing behind.
        let lost = desk.uploaded("more.csv", "Name,Email\nBob,bob@example.com\n");
        desk.press(&lost, imports::start).unwrap();
        assert_eq!((by(&there, minutes(20)), by(&there, minutes(36))), (0, 1));
        let import = desk.import_of(&lost);
        assert_eq!(import.state, State::Failed);
        assert!(import.message.contains("not here any more"), "{import:?}");
    }

    fn one_that_is_stopped_leaves_nothing(db) {
        let desk = Desk::new(db, "Shop");
        let before = desk.trade();
        let id = desk.uploaded("many.csv", rows(3 * ROWS + 100));
        desk.press(&id, imports::start).unwrap();
        desk.work_for(3);
        desk.press(&id, imports::cancel).unwrap();
        assert_eq!(code(desk.press(&id, imports::cancel)), "import_over");
        desk.work();
        assert_eq!(desk.import_of(&id).state, State::Cancelled);
        assert_eq!(desk.trade(), before);
        assert!(desk.lying().is_empty());
        let id = desk.uploaded("many.csv", rows(3));
        desk.press(&id, imports::check).unwrap();
        desk.press(&id, imports::cancel).unwrap();
        assert_eq!((desk.work(), desk.import_of(&id).state), (0, State::Uploaded));
    }

    fn two_at_once_are_two(db) {
        let desk = Desk::new(db, "Shop");
        let (one, two) = (desk.uploaded("a.csv", rows(450)), desk.uploaded("b.csv", rows(500)));
        for id in [&one, &two] {
            desk.press(id, imports::start).unwrap();
        }
        std::thread::scope(|scope| {
            scope.spawn(|| desk.work());
            scope.spawn(|| desk.work());
        });
        // One that lost a race with the other rests before it is tried again.
        for _ in 0..60 {
            desk.work();
            if [&one, &two].iter().all(|id| desk.import_of(id).state == State::Done) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        let counts = [&one, &two].map(|id| desk.import_of(id)).map(|i| (i.state, i.counts.created + i.counts.unchanged, i.counts.failed));
        assert_eq!(counts, [(State::Done, 450, 0), (State::Done, 500, 0)]);
        assert_eq!(desk.lines("customer").len(), 500);
    }

    fn rows_are_matched_by_what_was_chosen(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("there.csv", "Name,Email,Customer Number\nAna,ana@example.es,7\nBob,bob@example.com,8\n"), None);
        let file = "Customer Number,Email,Company\n7,bob@example.com,By mail\n8,new@example.com,Nobody\n";
        let fields = ["Number", "Email", "Company"];
        let id = desk.uploaded("x.csv", file);
        desk.chosen(&id, &fields, MatchBy::Email).unwrap();
        desk.press(&id, imports::check).unwrap();
        desk.work();
        let found = desk.import_of(&id).checked.unwrap();
        assert_eq!((found.counts.created, found.counts.changed, found.counts.failed), (0, 0, 2), "{found:?}");
        assert!(found.failures[1].1.contains("somebody has this number"), "{found:?}");
        desk.chosen(&id, &fields, MatchBy::Number).unwrap();
        desk.press(&id, imports::start).unwrap();
        desk.work();
        assert_eq!(desk.import_of(&id).counts.changed, 2);
        assert_eq!((desk.by_number("7").company.as_str(), desk.by_number("8").email.as_str()), ("By mail", "new@example.com"));
    }

    fn rows_are_never_matched_by_a_column_that_is_missing(db) {
        let desk = Desk::new(db, "Shop");
        let id = desk.uploaded("x.csv", "Name,Email\nAna,ana@example.es\n");
        for by in [MatchBy::ExternalId, MatchBy::Number] {
            let Error::Invalid(wrong) = desk.chosen(&id, &["Name", "Email"], by).unwrap_err() else { panic!("a field error") };
            assert_eq!((wrong.0[0].field.as_str(), wrong.0[0].code), ("match_by", "no_column"), "{wrong:?}");
        }
        let recognised = Request { by: MatchBy::Number, ..Request::of(desk.shop.clone()) };
        assert!(matches!(imports::chosen(&desk.shelf(), &desk.import_of(&id), &recognised), Err(Error::Invalid(wrong)) if wrong.0[0].field == "match_by"));
        desk.chosen(&id, &["Name", "Email"], MatchBy::Email).unwrap();
    }

    fn of_two_equal_headers_the_second_is_left_out_and_said_to_be(db) {
        let desk = Desk::new(db, "Shop");
        let id = desk.uploaded("x.csv", "Email,Email,Name\nana@example.es,second@example.es,Ana\n");
        let seen = imports::look(&desk.shelf(), &desk.import_of(&id), None).unwrap();
        assert_eq!(seen.columns.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["Email", "", "Name"]);
        let plan = desk.chosen(&id, &["Email", "", "Name"], MatchBy::Auto).map(|_| imports::chosen(&desk.shelf(), &desk.import_of(&id), &Request::of(desk.shop.clone())));
        assert_eq!(plan.unwrap().unwrap().layout.unknown, [1]);
        let twice = desk.chosen(&id, &["Email", "Email", "Name"], MatchBy::Auto);
        assert!(matches!(twice, Err(Error::Invalid(wrong)) if wrong.0[0].field == "columns.1"));
    }

    fn what_is_no_table_leaves_nothing(db) {
        let desk = Desk::new(db, "Shop");
        let gz = |bytes: &[u8]| {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        };
        let whole = gz(rows(2_000).as_bytes());
        let files: [(&str, Vec<u8>, &str); 10] = [
            ("empty", vec![], "empty"),
            ("blank", b" \n \n".to_vec(), "empty"),
            ("header", b"Name,Email\n".to_vec(), "no row below the header"),
            ("binary", (0..=255u8).cycle().take(9_000).collect(), "not a text file"),
            ("pdf", b"%PDF-1.7\n1 0 obj\n".to_vec(), "not CSV"),
            ("wide", format!("{}\n1\n", "a,".repeat(2_000_000)).into_bytes(), "4096"),
            ("many", format!("{}\n1\n", "a,".repeat(300)).into_bytes(), "up to 200"),
            ("cut", whole[..12].to_vec(), "gzip"),
            ("lines", b"{\"Name\":\"A\"}\nnonsense\n".to_vec(), "no JSON object"),
            ("zip", b"PK\x03\x04 and no more".to_vec(), "workbook"),
        ];
        for (name, bytes, words) in files {
            let error = desk.receive(name, &bytes).unwrap_err().to_string();
            assert!(error.contains(words), "{name}: {error}");
            assert!(desk.lying().is_empty(), "{name} left {:?}", desk.lying());
        }
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("Name,Email\nZoë,z@example.com\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let nul = b"Name,Email\nA\0B,a@example.com\nB,b@example.com\n";
        let packed = gz(b"Name,Email\nG,g@example.com\n");
        for (bytes, created) in [(utf16.as_slice(), 1), (nul.as_slice(), 1), (packed.as_slice(), 1)] {
            let id = desk.uploaded("f", bytes);
            desk.press(&id, imports::start).unwrap();
            desk.work();
            assert_eq!(desk.import_of(&id).counts.created, created);
        }
        assert_eq!(desk.by_email("z@example.com").name, "Zoë");
    }

    fn nobody_else_sees_or_presses_it(db) {
        let (desk, other) = (Desk::new(db, "One"), Desk::new(db, "Two"));
        let id = desk.uploaded("c.csv", rows(2));
        for verb in [imports::load as Verb, imports::check, imports::start, imports::cancel, imports::take_back] {
            assert!(matches!(other.press(&id, verb), Err(Error::NotFound(_))));
        }
        let reader = Actor { rights: desk.ctx.actor.rights.without(Right::Import), ..Actor::system("x") };
        let reader = Ctx { actor: std::sync::Arc::new(reader), ..desk.ctx.clone() };
        for verb in [imports::load as Verb, imports::check, imports::start, imports::cancel, imports::take_back] {
            let (ctx, id) = (reader.clone(), id.clone());
            assert!(matches!(desk.db.write_now::<_, Error>(move |tx| verb(tx, &ctx, &id)), Err(Error::Forbidden(Right::Import))));
        }
        let (ctx, which) = (desk.ctx.clone(), id.clone());
        desk.db.write_now::<_, Error>(move |tx| imports::discard(tx, &ctx, &which)).unwrap();
        desk.shelf().clear(&id);
        assert!(desk.lying().is_empty());
    }

    fn files_go_when_their_time_is_over_and_when_somebody_is_anonymised(db) {
        let desk = Desk::new(db, "Shop");
        let sweep = |at| imports::sweep(&desk.db, &desk.shelf(), &FixedClock(at)).unwrap();
        let id = desk.uploaded("c.csv", rows(2));
        sweep(NOW + KEPT - 1);
        assert_eq!(desk.lying().len(), 1);
        sweep(NOW + KEPT);
        assert!(desk.lying().is_empty());
        let import = desk.import_of(&id);
        assert_eq!(import.state, State::Cancelled);
        assert!(import.message.contains("Upload it again"), "{import:?}");
        let id = desk.uploaded("c.csv", "Name,Email\nCy,cy at example.com\nBob,bob@example.com\n");
        desk.press(&id, imports::start).unwrap();
        desk.work();
        assert_eq!(desk.lying().len(), 1);
        desk.write(|tx, ctx| imports::hurry(tx, ctx));
        sweep(NOW);
        assert!(desk.lying().is_empty());
        assert_eq!((desk.import_of(&id).state, desk.import_of(&id).kept_until), (State::Done, None));
    }

    fn what_people_worked_on_since_stays_and_is_foretold(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("there.csv", "Name,Email\nAna,ana@example.es\nEva,eva@example.es\n"), None);
        let id = desk.uploaded("c.csv", "Name,Email,Company\nAna,ana@example.es,Acme\nEva,eva@example.es,Beta\n");
        desk.press(&id, imports::start).unwrap();
        desk.work();
        let ana = desk.by_email("ana@example.es").id;
        desk.write(move |tx, ctx| customers::edit(tx, &Ctx { door: Door::Page, ..ctx.clone() }, &ana, CustomerEdit { company: Some("Acme Group".into()), ..CustomerEdit::default() }).map(drop));
        let told = imports::foretell(&desk.db, &desk.ctx, &id).unwrap();
        assert_eq!((told.restored, told.kept), (1, 1));
        desk.press(&id, imports::take_back).unwrap();
        desk.work();
        assert_eq!((desk.by_email("ana@example.es").company.as_str(), desk.by_email("eva@example.es").company.as_str()), ("Acme Group", ""));
        assert!(desk.import_of(&id).message.starts_with("1 customer or order stays"));
    }
}

#[test]
fn a_workbook_that_unpacks_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = zip::ZipWriter::new(tempfile::tempfile().unwrap());
    book.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..50 {
        book.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let mut file = book.finish().unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let fault = crate::files::as_csv(&mut file, folder.path()).unwrap_err().to_string();
    assert!(fault.contains("too large"), "{fault}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
