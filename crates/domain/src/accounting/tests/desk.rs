//! A merchant's desk with a connection, and a service that remembers what it took.

use std::ops::Deref;

use ::providers::accounting::{Answer, Tokens};
use ::providers::wire::{Reply, Request};
use serde_json::{Value, json};
use store::{Db, Stmt};

use crate::accounting::tokens::{Ready, Refreshing};
use crate::accounting::{
    Addresses, Connection, ConnectionInput, Mapping, Service, connections, log, mapping, note, run, sign_in, tokens, work,
};
use crate::customers::{self, NewCustomer, Rules};
use crate::invoices::{self, Category, LineInput, NewInvoice};
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{Address, CustomerId, FixedClock, InvoiceId, JobId, Micros, SessionId};
use crate::orders::desk::Desk;
use crate::providers::Vault;

/// What the service does with a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mood {
    Well,
    /// It does what is asked, and the answer is lost.
    CutBehind,
    /// 429, with so many seconds.
    Limited(i64),
    /// 401.
    Expired,
}

type Moods = Box<dyn FnMut(usize, bool) -> Mood>;

/// The service: what it took, and what it was asked.
pub(super) struct Fake {
    service: Service,
    /// Id, our reference, name.
    pub accounts: Vec<(String, String, String)>,
    /// Id, our number.
    pub entries: Vec<(String, String)>,
    /// Line and body of everything but tokens.
    pub asked: Vec<(String, String)>,
    /// By the number of the request and whether it writes.
    pub mood: Option<Moods>,
    pub refreshes: usize,
    /// Requests left in this minute.
    pub left: Option<i64>,
    /// When there are more, milliseconds.
    pub reset: i64,
    /// Entries whose number ends so are refused.
    pub refuse: Option<String>,
    pub paid: bool,
}

fn fake(service: Service) -> Fake {
    Fake {
        service,
        accounts: Vec::new(),
        entries: Vec::new(),
        asked: Vec::new(),
        mood: None,
        refreshes: 0,
        left: None,
        reset: 0,
        refuse: None,
        paid: false,
    }
}

pub(super) fn exact() -> Fake {
    fake(Service::Exact)
}

pub(super) fn twinfield() -> Fake {
    fake(Service::Twinfield)
}

pub(super) fn vault() -> Vault {
    Vault::new(&[7; 32]).unwrap()
}

fn at() -> Addresses {
    Addresses { exact: None, twinfield: Some("http://twinfield.test".into()) }
}

pub(super) fn input(service: Service) -> ConnectionInput {
    let office = if service == Service::Twinfield { "NL1" } else { "" };
    ConnectionInput {
        service: service.name().into(),
        site: if service == Service::Exact { "nl".into() } else { String::new() },
        client: "app".into(),
        secret: "app-secret".into(),
        office: office.into(),
    }
}

/// A desk whose merchant is connected and has a mapping.
pub(super) struct Books(Desk);

impl Deref for Books {
    type Target = Desk;
    fn deref(&self) -> &Desk {
        &self.0
    }
}

/// Connected and mapped: 20 percent is VAT code 4 and account 8000.
pub(super) fn books(db: &Db, service: Service, fake: Fake) -> (Books, Fake) {
    let b = Books(Desk::new(db));
    invoices::tests::set(&b, |edit| edit.prices = "net".into());
    let session = b.ctx.id::<SessionId>();
    b.write(move |tx, ctx| {
        let id = connections::put(tx, ctx, &vault(), &input(service))?;
        let url = sign_in::begin(tx, ctx, &vault(), &at(), &id, &session, "https://desk.example.com/back")?;
        let state = url::Url::parse(&url).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        sign_in::come_back(tx, ctx, &vault(), &at(), &session, &state, "https://desk.example.com/back")?;
        let tokens = Tokens { access: "access-0".into(), refresh: "refresh-0".into(), seconds: 600 };
        let place = if service == Service::Exact { "123" } else { "http://cluster.test" };
        sign_in::signed_in(tx, ctx, &vault(), &at(), &id, &tokens, place)?;
        let tax = mapping::Tax { category: Category::Standard, rate: "20".into(), vat_code: "4".into(), ledger: "guid-8000".into() };
        let kept = Mapping { journal: "70".into(), receivable: "1300".into(), taxes: vec![tax], ..Mapping::default() };
        mapping::save(tx, ctx, &id, &kept, false)
    })
    .unwrap();
    (b, fake)
}

impl Books {
    pub fn days(&self, days: i64) -> Self {
        Self(self.0.days(days))
    }

    pub fn at(&self, now: Micros) -> Self {
        Self(self.0.at(now))
    }

    /// Another merchant of the same database.
    pub fn other(&self) -> Self {
        Self(Desk { ctx: self.f.other().ctx, ..self.0.clone() })
    }

    /// Somebody who can get an invoice.
    pub fn customer(&self, email: &str) -> CustomerId {
        let billing = Address { line1: "Calle 1".into(), country: "ES".into(), ..Address::default() };
        let new = NewCustomer { email: email.into(), name: "Ana & Söhne".into(), billing, ..NewCustomer::default() };
        self.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
    }

    /// An issued invoice over one line.
    pub fn issued(&self, customer: &CustomerId, price: &str, rate: &str) -> InvoiceId {
        let line =
            LineInput { title: "Coffee".into(), quantity: "1".into(), unit_price: price.into(), rate: rate.into(), ..LineInput::default() };
        let (customer, lines) = (customer.clone(), vec![line]);
        let new = NewInvoice { customer, currency: None, lines, prices: String::new(), note: String::new(), terms_days: None };
        self.write(move |tx, ctx| {
            let id = invoices::create(tx, ctx, &new)?;
            invoices::issue(tx, ctx, &id).map(|_| id)
        })
        .unwrap()
    }

    pub fn connection(&self) -> Connection {
        self.read(|tx, ctx| connections::list(tx, ctx)).unwrap().remove(0)
    }

    /// Begins a run and collects.
    pub fn run(&self) -> JobId {
        let id = self.connection().id;
        let run = self.write(move |tx, ctx| run::start(tx, ctx, &id)).unwrap();
        self.finish(self.now());
        run
    }

    /// Lets the jobs have their look at this moment.
    pub fn finish(&self, now: Micros) {
        let kinds = Kinds::default().with(run::KIND, run::slice);
        jobs::run_all(&self.f.db, &kinds, &Tools::default(), &FixedClock(now), "test", &|| false).unwrap();
    }

    /// A run behind that look.
    pub fn ended(&self, run: &JobId, now: Micros) -> run::Run {
        self.finish(now);
        let run = run.clone();
        self.read(move |tx, ctx| run::one(tx, ctx, &run)).unwrap().0
    }

    pub fn log_of(&self, customer: &CustomerId) -> Vec<log::Entry> {
        let customer = customer.clone();
        self.read(move |tx, ctx| log::of_customer(tx, ctx, &customer, None, 200)).unwrap().entries
    }

    /// What `regulars verify` finds, in words.
    pub fn faults(&self) -> Vec<String> {
        let mut all = Vec::new();
        crate::verify::merchant_of(&self.f.db, &self.ctx, &mut |d| all.push(format!("{}: {}, should be {}", d.what, d.kept, d.should_be)))
            .unwrap();
        all
    }

    /// Exports of a customer that are not done.
    pub fn open(&self, customer: &CustomerId) -> i64 {
        let customer = customer.clone();
        self.read(move |tx, _| {
            let count = Stmt::built("SELECT COUNT(*) FROM accounting_exports WHERE customer_id = $1 AND state <> 'done'".to_owned());
            Ok(tx.scalar(&count, &[&customer])?)
        })
        .unwrap()
    }

    pub fn ready(&self, by: &str, now: Micros) -> Ready {
        let (id, merchant, by) = (self.connection().id, self.ctx.merchant.clone(), by.to_owned());
        self.write(move |tx, _| tokens::ready(tx, &vault(), &at(), &merchant, &id, &by, now)).unwrap()
    }

    pub fn refreshed(&self, held: &Refreshing, answer: &Answer<Tokens>, now: Micros) {
        let (held, answer) = (held.clone(), answer.clone());
        self.write(move |tx, _| tokens::refreshed(tx, &vault(), &held, &answer, true, now)).unwrap();
    }

    /// Sends all that is due at this moment.
    pub fn work(&self, fake: &mut Fake, now: Micros) {
        while self.turn(fake, now, false) {}
    }

    /// The same by a sender that dies behind the first thing it makes there.
    pub fn work_and_die(&self, fake: &mut Fake, now: Micros) {
        while self.turn(fake, now, true) {}
    }

    fn turn(&self, fake: &mut Fake, now: Micros, dies: bool) -> bool {
        let Some(held) = self.write(move |tx, _| work::claim(tx, "sender", now)).unwrap() else { return false };
        loop {
            let session = match self.ready("sender", now) {
                Ready::Good(session, _) => session,
                Ready::Refresh(refresh) => {
                    let books = refresh.service.books();
                    let reply = fake.answer(&books.refresh(&refresh.login, &refresh.keys, &refresh.refresh)).unwrap();
                    self.refreshed(&refresh, &books.read_tokens(&reply), now);
                    continue;
                }
                Ready::Later(until) => {
                    let held = held.clone();
                    self.write(move |tx, _| work::rest(tx, &held, until, "Later.")).unwrap();
                    break;
                }
                Ready::Wait | Ready::Lost(_) => break,
            };
            let holding = held.clone();
            let Some(work) = self.write(move |tx, _| work::take(tx, &holding, now)).unwrap() else { break };
            let request = work.request(&session);
            let reply = fake.answer(&request);
            if dies && request.method == "POST" {
                return false;
            }
            let limit = reply.as_ref().and_then(|reply| work.service.books().limit(reply, now));
            let answers = reply.map_or_else(|| work.lost("Cut."), |reply| work.read(&reply));
            let holding = held.clone();
            self.write(move |tx, _| note::note(tx, &holding, &work, &answers, limit, true, now)).unwrap();
        }
        self.write(move |tx, _| work::release(tx, &held)).unwrap();
        true
    }
}

impl Fake {
    fn answer(&mut self, request: &Request) -> Option<Reply> {
        let body = String::from_utf8(request.body.clone()).unwrap();
        if request.url.contains("token") {
            self.refreshes += 1;
            let n = self.refreshes;
            assert!(body.contains(&format!("refresh_token=refresh-{}", n - 1)), "each is used once: {body}");
            let new = json!({ "access_token": format!("access-{n}"), "refresh_token": format!("refresh-{n}"), "expires_in": "600" });
            return Some(reply(200, &new.to_string()));
        }
        let body = if self.service == Service::Twinfield { plain(&body) } else { body };
        let writes = match self.service {
            Service::Exact => request.method != "GET",
            Service::Twinfield => body.contains("<transactions>") || body.contains("<dimensions>"),
        };
        let n = self.asked.len();
        self.asked.push((format!("{} {}", request.method, request.url), body.clone()));
        let mood = self.mood.as_mut().map_or(Mood::Well, |mood| mood(n, writes));
        match mood {
            Mood::Limited(seconds) => {
                return Some(Reply { headers: vec![("retry-after".into(), seconds.to_string())], ..reply(429, "") });
            }
            Mood::Expired => return Some(reply(401, "")),
            Mood::Well | Mood::CutBehind => {}
        }
        let mut answered = match self.service {
            Service::Exact => self.exact(request, &body),
            Service::Twinfield => self.twinfield(&body),
        };
        if let Some(left) = &mut self.left {
            *left -= 1;
            answered.headers = vec![
                ("x-ratelimit-minutely-remaining".into(), left.to_string()),
                ("x-ratelimit-minutely-reset".into(), self.reset.to_string()),
            ];
        }
        matches!(mood, Mood::Well).then_some(answered)
    }

    fn exact(&mut self, request: &Request, body: &str) -> Reply {
        let url = url::Url::parse(&request.url).unwrap();
        let filter = url.query_pairs().find(|(name, _)| name == "$filter").map(|(_, value)| value.into_owned()).unwrap_or_default();
        let wanted = filter.split('\'').nth(1).unwrap_or_default().to_owned();
        let sent: Value = serde_json::from_str(body).unwrap_or_default();
        let field = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
        let rows = |rows: Vec<Value>| reply(200, &json!({ "d": { "results": rows } }).to_string());
        match (request.method, url.path().rsplit('/').next().unwrap()) {
            ("GET", "Accounts") => {
                let found = self.accounts.iter().filter(|(_, reference, _)| *reference == wanted);
                rows(found.map(|(id, reference, _)| json!({ "ID": id, "SearchCode": reference })).collect())
            }
            ("POST", "Accounts") => {
                let id = format!("guid-{}", self.accounts.len());
                self.accounts.push((id.clone(), field("SearchCode"), field("Name")));
                reply(201, &json!({ "d": { "ID": id } }).to_string())
            }
            ("PUT", which) => {
                let account = self.accounts.iter_mut().find(|(id, ..)| which.contains(id.as_str())).unwrap();
                account.2 = field("Name");
                reply(204, "")
            }
            ("GET", "SalesEntries") => {
                let found = self.entries.iter().filter(|(_, number)| *number == wanted);
                rows(found.map(|(id, number)| json!({ "EntryID": id, "EntryNumber": 1, "YourRef": number })).collect())
            }
            ("POST", "SalesEntries") => {
                assert!(self.accounts.iter().any(|(id, ..)| *id == field("Customer")), "{body}");
                let id = format!("entry-{}", self.entries.len());
                self.entries.push((id.clone(), field("YourRef")));
                reply(201, &json!({ "d": { "EntryID": id, "EntryNumber": 26_000_000 + self.entries.len() } }).to_string())
            }
            ("GET", "Receivables") => rows(vec![json!({ "YourRef": wanted, "IsFullyPaid": self.paid })]),
            other => panic!("{other:?}"),
        }
    }

    fn twinfield(&mut self, body: &str) -> Reply {
        if body.contains("<list>") {
            let one = |(code, short, name): &(String, String, String)| {
                format!("<dimension name=\"{}\" shortname=\"{short}\">{code}</dimension>", name.replace('&', "&amp;"))
            };
            return wrapped(&format!("<dimensions result=\"1\">{}</dimensions>", self.accounts.iter().map(one).collect::<String>()));
        }
        if body.contains("<dimensions>") {
            let (known, short, name) = (between(body, "code"), between(body, "shortname"), between(body, "name"));
            let code = if known.is_empty() { format!("{}", 1000 + self.accounts.len()) } else { known };
            self.accounts.retain(|(old, ..)| *old != code);
            self.accounts.push((code.clone(), short, name));
            return wrapped(&format!("<dimensions result=\"1\"><dimension result=\"1\"><code>{code}</code></dimension></dimensions>"));
        }
        if body.contains("<columns") {
            let wanted = body.split("<from>").nth(2).unwrap_or_default().split('<').next().unwrap_or_default();
            let row = |(id, number): &(String, String)| {
                let td = |field: &str, value: &str| format!("<td field=\"fin.trs.{field}\">{value}</td>");
                let cells =
                    [td("head.code", "70"), td("line.invnumber", number), td("head.number", id), td("line.matchstatus", "available")];
                format!("<tr>{}</tr>", cells.concat())
            };
            let found: String = self.entries.iter().filter(|(_, number)| number == wanted).map(row).collect();
            return wrapped(&format!("<browse result=\"1\">{found}</browse>"));
        }
        let mut answer = String::new();
        for part in body.split("<transaction ").skip(1) {
            let number = between(part, "invoicenumber");
            if self.refuse.as_ref().is_some_and(|end| number.ends_with(end.as_str())) {
                answer.push_str(&format!(
                    "<transaction result=\"0\"><header><invoicenumber>{number}</invoicenumber></header><lines><line><dim1 msgtype=\"error\" msg=\"Dimension 8000 is blocked.\"/></line></lines></transaction>"
                ));
                continue;
            }
            let id = format!("2026{:05}", self.entries.len());
            answer.push_str(&format!(
                "<transaction result=\"1\"><header><invoicenumber>{number}</invoicenumber><number>{id}</number></header></transaction>"
            ));
            self.entries.push((id, number));
        }
        wrapped(&format!("<transactions result=\"1\">{answer}</transactions>"))
    }
}

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn wrapped(document: &str) -> Reply {
    let inner = document.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    reply(200, &format!("<e><b><r><ProcessXmlStringResult>{inner}</ProcessXmlStringResult></r></b></e>"))
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The text of the first element of this name.
fn between(text: &str, name: &str) -> String {
    let rest = text.split(&format!("<{name}>")).nth(1).unwrap_or_default();
    rest.split(&format!("</{name}>")).next().unwrap_or_default().to_owned()
}
