//! A mail written from a template as it goes over the line: whose name it carries, the text and the HTML made from it, and the way to want no
//! more of them.

use store::Tx;

use super::{queries, unsubscribe};
use crate::kit::{Ctx, CustomerId, MailId, MailingId, Result, TemplateId};
use crate::privacy::refusals;

/// What the outbox asks about a mail that was written from a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bulk {
    /// The shop in whose name it goes.
    pub shop: String,
    /// What the link to unsubscribe ends with; absent for a trial.
    pub token: Option<String>,
}

/// Of a mail and its template. In a read transaction.
pub(crate) fn of_mail(tx: &mut Tx, ctx: &Ctx, mail: &MailId, template: &TemplateId) -> Result<Bulk> {
    let shop = tx.opt(&queries::SHOP_OF, &[&ctx.merchant, template], |r| r.get(0))?.unwrap_or_default();
    let line =
        tx.opt(&queries::OF_MAIL, &[&ctx.merchant, mail], |r| Ok((r.get::<MailingId>(0)?, r.get::<CustomerId>(1)?, r.get::<String>(2)?)))?;
    let token = match (line, refusals::key(tx, ctx)?) {
        (Some((mailing, customer, address)), Some(key)) => {
            Some(unsubscribe::token(&key, &ctx.merchant, &mailing, &customer, &refusals::hash(&key, &address)))
        }
        _ => None,
    };
    Ok(Bulk { shop, token })
}

/// The plain text with the way out below it; `link` absent in a trial.
pub fn text(body: &str, shop: &str, link: Option<&str>) -> String {
    let link = link.unwrap_or("(here stands the reader’s own link)");
    format!("{}\n\n-- \n{shop}\nNo more mail of this kind: {link}\n", body.trim_end())
}

/// The same as HTML: paragraphs, line breaks and links. Every character of the text is shown as itself, whatever a field holds.
pub fn html(body: &str, shop: &str, link: Option<&str>) -> String {
    let paragraphs: Vec<String> = body.trim().split("\n\n").map(|p| format!("<p>{}</p>", lines(p.trim_matches('\n')))).collect();
    let out = match link {
        Some(link) => format!("<a href=\"{}\">No more mail of this kind</a>", escaped(link)),
        None => "(here stands the reader’s own link)".to_owned(),
    };
    format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{}\n<hr>\n<p><small>{}<br>{out}</small></p>\n</body></html>\n",
        paragraphs.join("\n"),
        escaped(shop)
    )
}

fn lines(paragraph: &str) -> String {
    paragraph.split('\n').map(|line| line.split(' ').map(word).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("<br>\n")
}

/// A word; an address of the web can be pressed.
fn word(word: &str) -> String {
    let bare = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    if !bare.starts_with("https://") && !bare.starts_with("http://") {
        return escaped(word);
    }
    format!("<a href=\"{0}\">{0}</a>{1}", escaped(bare), escaped(&word[bare.len()..]))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_shows_every_character_as_itself() {
        let page = html(
            "Dear <script>alert(1)</script>,\n\nsee https://shop.example/?a=1&b=\"2\".\nBye & 'so'",
            "A & B",
            Some("https://d.example/u/x"),
        );
        assert!(page.contains("<p>Dear &lt;script&gt;alert(1)&lt;/script&gt;,</p>"), "{page}");
        assert!(page.contains("<a href=\"https://shop.example/?a=1&amp;b=&quot;2&quot;\">"), "{page}");
        assert!(page.contains("</a>.<br>\nBye &amp; &#39;so&#39;</p>") && page.contains("A &amp; B"), "{page}");
        assert!(page.contains("href=\"https://d.example/u/x\""), "{page}");
    }

    #[test]
    fn the_text_ends_with_the_way_out() {
        assert_eq!(text("Hello\n", "Shop", Some("L")), "Hello\n\n-- \nShop\nNo more mail of this kind: L\n");
        assert!(!text("Hello", "Shop", None).contains("/u/"));
    }
}
