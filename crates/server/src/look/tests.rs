use askama::Template;

use super::*;

/// Every macro once, in the frame: what a page is made of renders, and nothing in it breaks the content policy.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "base.html" %}{% import "components/ui.html" as ui %}{% import "components/form.html" as f %}
{% block title %}All{% endblock %}{% block main %}
{{ ui::state("good", "Active") }}{{ ui::avatar("Ana Ruiz", size="large") }}{{ ui::avatar("Ana", picture="/a.png") }}
{{ ui::when(at) }}{{ ui::chip("Group: Wholesale", "/customers") }}{{ ui::turn("right") }}
{% call ui::menu("Status", class="chip") %}{{ ui::when(at) }}{{ ui::item("/x", "One") }}{{ ui::act("/x", "Two", mark="trash") }}{% endcall %}
{% call ui::more("More actions") %}{{ ui::item("/x", "Archive", mark="archive") }}{% endcall %}
{{ ui::tabs("Views", tabs) }}<table><tr>{{ ui::column(column) }}</tr></table>{{ ui::pager(page) }}
{% call ui::empty("customers", "No customers yet", "Create the first.") %}{% endcall %}
{% call ui::note("attention", "warning") %}Text{% endcall %}{{ ui::progress("Archiving", 3, 10, "3 of 10") }}
<dl>{{ ui::fact("E-mail", name) }}{{ ui::figure("Orders", "47", more="new") }}</dl>{{ ui::bars(chart) }}
{{ f::summary(form) }}{{ f::text(form, "email", "E-mail", kind="email", required=true, hint="Needed") }}
{{ f::secret(form, "password", "Password") }}{{ f::area(form, "note", "Note", optional=true) }}
{{ f::select(form, "language", "Language", choices, none="Not said") }}{{ f::check(form, "active", "Active") }}
{% call f::group(form, "how", "How") %}{{ f::radio(form, "how", "Cash", "cash") }}{% endcall %}
{{ f::money(form, "amount", "Amount", "EUR") }}{{ f::date(form, "day", "Day") }}{{ f::file(form, "avatar", "Picture", "image/png") }}
{% endblock %}"#
)]
struct Everything {
    frame: Frame,
    form: Form,
    name: &'static str,
    at: When,
    tabs: Vec<Tab>,
    column: Column,
    page: Page,
    chart: Chart,
    choices: Vec<(&'static str, &'static str)>,
}

fn everything(form: Form, name: &'static str) -> String {
    let named = |id: &str| Named { id: id.to_owned(), name: format!("Shop {id}") };
    let undo = Toast { text: "12 archived".to_owned(), undo: Some("/undo/1".to_owned()) };
    let frame = Frame {
        room: "customers",
        person: "Mara Lind".to_owned(),
        shops: vec![named("a"), named("b")],
        merchants: vec![named("m"), named("n")],
        running_jobs: 2,
        band: super::band(1, 1),
        may_write_customers: true,
        may_open_settings: true,
        toast: Some(undo),
        ..Frame::default()
    };
    let page = Everything {
        frame,
        form,
        name,
        at: When { machine: "2026-11-02".to_owned(), shown: "2 Nov 2026".to_owned() },
        tabs: vec![Tab { name: "All".to_owned(), href: "/customers".to_owned(), on: true, count: Some("12".to_owned()) }],
        column: Column { name: "Created".to_owned(), href: "?sort=created".to_owned(), sort: "descending", class: "" },
        page: Page { range: "1–50 of 120".to_owned(), previous: None, next: Some("?after=x".to_owned()) },
        chart: Chart::of("Spend", [("Oct".to_owned(), "€1".to_owned(), 100), ("Nov".to_owned(), "€2".to_owned(), 200)]),
        choices: vec![("en", "English"), ("es", "Español")],
    };
    page.render().expect("renders")
}

#[test]
fn a_page_carries_nothing_that_the_content_policy_forbids() {
    let html = everything(Form::default(), "Ana");
    for forbidden in [" style=", "<style", " onclick", " hx-on", "javascript:", "hx-vals=\"js"] {
        assert!(!html.contains(forbidden), "{forbidden} stands in a page");
    }
    let inline = html.split("<script").skip(1).filter(|rest| !rest.trim_start().starts_with("src="));
    assert_eq!(inline.count(), 0, "every script has an address");
}

#[test]
fn every_file_and_icon_that_a_page_names_is_there() {
    let html = everything(Form::default(), "Ana");
    assert!(!html.contains("href=\"\"") && !html.contains("src=\"\"") && !html.contains("use href=\"#"), "an asset is not listed");
    let icons = std::str::from_utf8(served(asset("icons.svg")).expect("listed").bytes).expect("text");
    for name in html.split("svg#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(icons.contains(&format!("id=\"{name}\"")), "no icon {name}");
    }
    assert!(served("/assets/app.css").is_none(), "only addresses with their mark are served");
}

#[test]
fn what_a_person_typed_is_shown_as_text() {
    let typed = "<b>\"Ana\" & 'co'</b>";
    let html = everything(Form::of([("email", typed), ("note", typed)]), "<script>alert(1)</script>");
    assert!(html.contains("<dt>E-mail</dt><dd dir=\"auto\">&#60;script&#62;alert(1)"), "a fact shows the value it was given");
    assert!(!html.contains("<script>alert") && !html.contains("<b>\"Ana"));
    assert!(html.contains("&#60;b&#62;&#34;Ana&#34; &#38; &#39;co&#39;&#60;/b&#62;"));
}

#[test]
fn an_error_stands_in_the_summary_and_beside_its_field() {
    let mut form = Form::of([("email", "ana@")]);
    form.fail("email", "Write the whole address.");
    form.fail("", "Somebody else changed this customer.");
    let html = everything(form, "Ana");
    assert!(html.contains("2 things to put right"));
    assert!(html.contains("href=\"#f-email\">Write the whole address.</a>"));
    assert!(html.contains("aria-invalid=\"true\" aria-describedby=\"f-email-hint f-email-error\""));
    assert!(html.contains("id=\"f-email-error\">Write the whole address."));
    assert!(html.contains("value=\"ana@\""), "what was typed is still there");
}

#[test]
fn a_password_is_never_shown_again() {
    assert!(!everything(Form::of([("password", "correct horse")]), "Ana").contains("correct horse"));
}

#[test]
fn the_frame_shows_only_what_the_person_may_open() {
    let none = Frame::default();
    assert!(none.creates().is_empty());
    assert!(!none.rooms().iter().any(|part| part.rooms.iter().any(|room| room.id == "settings")));
    let owner = Frame { may_open_settings: true, may_write_orders: true, ..Frame::default() };
    assert!(owner.rooms().iter().any(|part| part.rooms.iter().any(|room| room.id == "settings")));
    assert_eq!(owner.creates().iter().map(|room| room.name).collect::<Vec<_>>(), ["Order", "Offer", "Invoice"]);
}

#[test]
fn initials_come_from_the_first_and_the_last_word() {
    assert_eq!(initials("Ana Ruiz"), "AR");
    assert_eq!(initials("  josé  maría  de la o "), "JO");
    assert_eq!(initials("Cher"), "C");
    assert_eq!(initials("«Élan» (B2B)"), "ÉB");
    assert_eq!(initials("!?"), "?");
    assert_eq!(initials("王小明"), "王");
}

#[test]
fn bars_keep_their_order_of_size_and_nothing_is_no_bar() {
    let heights = |amounts: &[i64]| -> Vec<u8> {
        let points = amounts.iter().map(|amount| (String::new(), String::new(), *amount));
        Chart::of("", points).bars.iter().map(|bar| bar.height).collect()
    };
    assert_eq!(heights(&[0, 1, 50, 100]), [0, 1, 50, 100]);
    assert_eq!(heights(&[1, i64::MAX]), [1, 100]);
    assert_eq!(heights(&[-5, 0]), [0, 0]);
    assert_eq!(heights(&[]), Vec::<u8>::new());
}
