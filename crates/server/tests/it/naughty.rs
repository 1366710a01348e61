//! Strings that break things elsewhere, in every text field that people and programs fill: they come back as they were typed, or are refused beside
//! their field, and nothing of ours falls over. The fields are those of the forms on the pages, and of the description of the API.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::Rights;
use domain::testing::Fixture;
use serde_json::{Map, Value, json};

use crate::desk::{Desk, Visitor, key};
use crate::lists::api;

/// Of the list of naughty strings, one of each sort; on a machine that has the list some more of it.
const ALWAYS: [&str; 14] = [
    "undefined",
    "-1E+02",
    "<script>alert(\"1\")</script> &amp; &#60;",
    "' OR 1=1 -- \" ; DROP TABLE customers",
    "田中さんにあげて下さい",
    "👾 🙇 💁 🏾 👩‍👩‍👧",
    "הָיְתָהtest الصفحات",
    "Ṱ̺̺o͞ ̷i̲̬n̝̗v",
    "\u{feff}zero\u{200b}width\u{202e}turned",
    "$HOME %s%n ${x} `ls`",
    "../../../etc/passwd%00",
    "C:\\new\\table",
    "İıſK",
    "line\u{2028}line\u{0085}line",
];
/// Of the whole list every so manieth.
const EVERY: usize = 40;

fn strings() -> Vec<String> {
    let mut all: Vec<String> = ALWAYS.iter().map(|s| (*s).to_owned()).collect();
    if let Some(path) = domain::testing::real("naughty-strings.json") {
        let list: Vec<String> = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("a list of strings");
        all.extend(list.into_iter().step_by(EVERY));
    }
    all
}

#[derive(Debug)]
struct Field {
    name: String,
    kind: String,
    value: String,
}

impl Field {
    fn is_typed(&self) -> bool {
        ["text", "search", "textarea", "email", "tel"].contains(&self.kind.as_str())
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| plain(value))
}

/// Text as a browser reads it.
fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("&#") {
        out.push_str(before);
        let sign = after.split_once(';').and_then(|(code, tail)| Some((char::from_u32(code.parse().ok()?)?, tail)));
        match sign {
            Some((sign, tail)) => {
                out.push(sign);
                rest = tail;
            }
            None => {
                out.push_str("&#");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The fields of the form of a page that is sent to this address, as a browser would send them.
fn form(page: &str, action: &str) -> Option<Vec<Field>> {
    let action_of = |form: &&str| attribute(&format!(" {}", form.split('>').next().unwrap_or_default()), "action");
    let mut forms = page.split("<form ").skip(1);
    // One that says nothing is sent to where it stands.
    let here = || page.split("<form ").skip(1).find(|form| action_of(form).is_none() && form.contains("method=\"post\""));
    let form = forms.find(|form| action_of(form).is_some_and(|a| a == action)).or_else(here)?;
    let form = form.split("</form>").next()?;
    let mut fields = Vec::new();
    for tag in form.split('<').filter(|tag| tag.starts_with("input ") || tag.starts_with("textarea ") || tag.starts_with("select ")) {
        let (Some(name), Some((head, text))) = (attribute(tag, "name"), tag.split_once('>')) else { continue };
        let kind = attribute(head, "type").unwrap_or_else(|| head.split(' ').next().unwrap_or_default().to_owned());
        let kind = if kind == "input" { "text".to_owned() } else { kind };
        let value = match kind.as_str() {
            "textarea" => plain(text.strip_prefix('\n').unwrap_or(text)),
            "select" => chosen(form, &name),
            _ => attribute(head, "value").unwrap_or_default(),
        };
        let is_sent = !["checkbox", "radio"].contains(&kind.as_str()) || head.contains(" checked");
        if is_sent && kind != "file" {
            fields.push(Field { name, kind, value });
        }
    }
    Some(fields)
}

/// What is chosen in a select: the option that is marked, else the first.
fn chosen(form: &str, name: &str) -> String {
    let Some((_, select)) = form.split_once(&format!("name=\"{name}\"")) else { return String::new() };
    let select = select.split("</select>").next().unwrap_or_default();
    let options: Vec<&str> = select.split("<option ").skip(1).collect();
    options
        .iter()
        .find(|o| o.contains(" selected"))
        .or(options.first())
        .and_then(|o| attribute(&format!(" {o}"), "value"))
        .unwrap_or_default()
}

/// A text as a field with a form of its own takes it.
fn typed(name: &str, text: &str) -> String {
    match name {
        "metadata" => format!("\"a:b\": {text}"),
        "tags" => text.replace(',', " "),
        _ => text.to_owned(),
    }
}

/// Fills all text fields of a form with one string and sends it. Fields that are refused go back to what stood there, and the others are sent again.
/// Gives what was accepted, by the name of its field, and where it led; nothing when all of it was refused.
fn send(person: &mut Visitor<'_>, page: &str, action: &str, text: &str) -> Option<(Vec<(String, String)>, String)> {
    let opened = person.get(page);
    let fields = form(&opened.body, action).unwrap_or_else(|| panic!("{page} has no form to {action}"));
    // What stands in the first field of its kind is not kept as a further one once more.
    let mut fill: Vec<&Field> =
        fields.iter().filter(|field| field.is_typed() && !["emails", "phones"].contains(&field.name.as_str())).collect();
    for _ in 0..3 {
        let value = |field: &Field| match fill.iter().any(|f| std::ptr::eq(*f, field)) {
            true => typed(&field.name, text),
            false => field.value.clone(),
        };
        let sent: Vec<(String, String)> = fields.iter().map(|field| (field.name.clone(), value(field))).collect();
        let pairs: Vec<(&str, &str)> = sent.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let answer = person.post(action, &pairs);
        match answer.status {
            StatusCode::SEE_OTHER => {
                let accepted = fill.iter().map(|field| (field.name.clone(), typed(&field.name, text))).collect();
                return Some((accepted, answer.location));
            }
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT => {
                let before = fill.len();
                fill.retain(|field| !answer.body.contains(&format!("id=\"f-{}-error\"", field.name)));
                if fill.is_empty() || fill.len() == before {
                    assert!(answer.body.contains("data-errors"), "{action} refuses {text:?} and does not say why");
                    return None;
                }
            }
            other => panic!("{action} answers {other} to {text:?}"),
        }
    }
    None
}

/// Spaces apart, as pages may break lines.
fn squeezed(text: &str) -> String {
    text.split([' ', '\n', '\r', '\t']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// All properties of an operation's body that are free text.
fn texts(description: &Value, path: &str) -> Vec<String> {
    let schema = &description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()).unwrap_or_default();
    let schema = if name.is_empty() { schema } else { &description["components"]["schemas"][name] };
    let is_text = |of: &Value| {
        let text = of["type"] == "string" || of["type"].as_array().is_some_and(|t| t.contains(&json!("string")));
        text && of.get("enum").is_none() && of.get("format").is_none()
    };
    schema["properties"].as_object().into_iter().flatten().filter(|(_, of)| is_text(of)).map(|(name, _)| name.clone()).collect()
}

store::db_test! {
    domain::migrations();

    fn whatever_is_typed_into_a_form_comes_back_or_is_refused_beside_its_field(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let ctx = f.ctx.clone();
        let new = NewCustomer { email: "ana@example.es".into(), ..NewCustomer::default() };
        let ana = f.db.write_now::<_, domain::Error>(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id;
        let at = format!("/customers/{ana}");
        // The page, where its form is sent, and whether the same form shows what was saved. Tags by themselves first: other forms make them too.
        let forms = [
            ("/settings/tags".to_owned(), "/settings/tags".to_owned(), false),
            ("/settings/groups".to_owned(), "/settings/groups".to_owned(), false),
            (format!("{at}/edit"), format!("{at}/edit"), true),
            (at.clone(), format!("{at}/notes"), false),
            (at.clone(), format!("{at}/labels"), false),
            ("/customers/views/new?q=ana".to_owned(), "/customers/views".to_owned(), false),
            ("/settings/templates".to_owned(), "/settings/templates".to_owned(), false),
            ("/tasks/new".to_owned(), "/tasks/new".to_owned(), false),
            ("/tickets/new".to_owned(), "/tickets/new".to_owned(), false),
        ];
        for (page, action, shows_itself) in &forms {
            let mut kept = 0;
            for text in strings() {
                let Some((accepted, location)) = send(&mut mara, page, action, &text) else { continue };
                kept += 1;
                let shown = mara.get(&location);
                assert_eq!(shown.status, StatusCode::OK, "{action}: {text:?}");
                if *shows_itself {
                    let again = form(&mara.get(page).body, action).expect("the form");
                    // A customer without a number keeps the one there is.
                    for (name, wanted) in accepted.into_iter().filter(|(name, wanted)| name != "number" || !wanted.trim().is_empty()) {
                        let found = again.iter().find(|field| field.name == name).map(|field| field.value.replace("\r\n", "\n"));
                        assert_eq!(found.as_deref().map(str::trim), Some(wanted.trim()), "{action} {name}");
                    }
                } else if !accepted.is_empty() && !text.trim().is_empty() {
                    let wanted = squeezed(&typed(&accepted[0].0, &text));
                    let pages = [squeezed(&plain(&shown.body)), squeezed(&plain(&mara.get(page).body))];
                    assert!(pages.iter().any(|page| page.contains(&wanted)), "{action}: {text:?} is not shown at {location}");
                }
            }
            assert!(kept >= 10, "{action} kept only {kept}");
        }
    }

    fn whatever_a_program_sends_comes_back_or_is_refused_by_its_pointer(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let secret = key(&f, Rights::all());
        let description: Value = serde_json::from_str(&desk.send(Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap()).body).unwrap();
        let (_, ana, _) = api(&desk, &secret, "POST", "/customers", Some(&json!({ "email": "ana@example.es" })));
        let ana = ana["customer"]["id"].as_str().unwrap().to_owned();
        // The operation, what it needs beside texts, and where the answer has what was made.
        let operations = [
            ("/customers", json!({ "email": "n@example.es" }), "/customer"),
            ("/customers/{id}/notes", json!({}), ""),
            ("/tags", json!({}), ""),
            ("/groups", json!({}), ""),
            ("/views", json!({ "query": "q=ana", "list": "customers" }), ""),
            ("/tasks", json!({}), ""),
            ("/tickets", json!({}), ""),
            ("/templates", json!({ "shop": f.shop }), ""),
            ("/orders", json!({ "shop": f.shop }), ""),
            ("/offers", json!({ "shop": f.shop, "customer": ana }), ""),
        ];
        for (path, needed, made) in &operations {
            let (at, mut kept, mut last) = (path.replace("{id}", &ana), 0, String::new());
            for (n, text) in strings().into_iter().enumerate() {
                let mut fill = texts(&description, &format!("/api/v1{path}"));
                fill.retain(|name| needed.get(name).is_none());
                // A body that does not fit is refused one field after the other.
                for _ in 0..16 {
                    let mut body: Map<String, Value> = needed.as_object().cloned().unwrap_or_default();
                    if body.contains_key("email") {
                        body.insert("email".to_owned(), json!(format!("n{n}@example.es")));
                    }
                    body.extend(fill.iter().map(|name| (name.clone(), json!(text))));
                    let (status, answer, raw) = api(&desk, &secret, "POST", &at, Some(&Value::Object(body)));
                    assert!(matches!(status, 200 | 201 | 409 | 422), "{at} answers {status} to {text:?}: {raw}");
                    if status < 300 {
                        let found = answer.pointer(made).unwrap_or(&answer);
                        // Who says no number gets one.
                        let given = |name: &str| name == "number" && text.trim().is_empty();
                        for name in fill.iter().filter(|name| found[name.as_str()].is_string() && !given(name)) {
                            assert_eq!(found[name.as_str()], json!(text.trim()), "{at} {name}");
                        }
                        kept += usize::from(!fill.is_empty());
                        break;
                    }
                    let pointers: Vec<&str> = answer["errors"].as_array().into_iter().flatten().filter_map(|e| e["pointer"].as_str()).collect();
                    last.clone_from(&raw);
                    assert!(status == 409 || !pointers.is_empty(), "{at} refuses {text:?} and does not say where: {raw}");
                    let before = fill.len();
                    fill.retain(|name| !pointers.iter().any(|p| p.trim_start_matches('/').split('/').next() == Some(name.as_str())));
                    if fill.is_empty() || fill.len() == before {
                        break;
                    }
                }
            }
            println!("{path}: {kept} kept");
            assert!(kept >= 6 || ["/orders", "/offers"].contains(path), "{at} kept only {kept}, at last {last}");
        }
    }
}
