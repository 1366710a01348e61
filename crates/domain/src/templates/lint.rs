//! What a template may not say although the engine could: nothing but fields and conditions is needed for a mail, and what loops, assigns or
//! multiplies text could make one of any size.

/// The words that may begin a block `{% … %}`.
const BLOCKS: [&str; 4] = ["if", "elif", "else", "endif"];

/// Goes on when the text names fields and conditions alone.
///
/// # Errors
/// In words, what it may not say.
pub(super) fn lint(text: &str) -> Result<(), String> {
    let mut rest = text;
    while let Some((at, opens)) = ["{{", "{%", "{#"].iter().filter_map(|o| rest.find(o).map(|at| (at, *o))).min() {
        let inside = &rest[at + 2..];
        if opens == "{#" {
            rest = inside.find("#}").map_or("", |end| &inside[end + 2..]);
            continue;
        }
        let (code, length) = code_of(inside, if opens == "{{" { "}}" } else { "%}" });
        if code.contains('*') {
            return Err("Text cannot be multiplied here.".to_owned());
        }
        let word = code.trim_start_matches(['-', '+']).split_whitespace().next().unwrap_or_default();
        if opens == "{%" && !BLOCKS.contains(&word) {
            return Err(format!("“{word}” is not known here. Use if, elif, else and endif."));
        }
        rest = &inside[length..];
    }
    Ok(())
}

/// The code up to where it closes, without what stands in quotes, and how long it is with its end.
fn code_of(text: &str, closes: &str) -> (String, usize) {
    let (mut code, mut quote, mut escaped) = (String::new(), None, false);
    for (at, c) in text.char_indices() {
        match quote {
            Some(q) => {
                if !escaped && c == q {
                    quote = None;
                }
                escaped = !escaped && c == '\\';
            }
            None if text[at..].starts_with(closes) => return (code, at + closes.len()),
            None if c == '"' || c == '\'' => quote = Some(c),
            None => code.push(c),
        }
    }
    (code, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_conditions_pass_and_the_rest_does_not() {
        for good in [
            "Hello",
            "{{ customer.name }}",
            "{% if customer.city %}a * b{% else %}c{% endif %}",
            "{{ 'a * b }}' }}*",
            "{# for * #}",
            "{%- if shop.url -%}x{%- endif -%}",
        ] {
            assert_eq!(lint(good), Ok(()), "{good}");
        }
        for bad in [
            "{% for c in customer.name %}{% endfor %}",
            "{% set a = 'b' %}",
            "{{ 'a' * 1000 }}",
            "{% include 'x' %}",
            "{% macro a() %}{% endmacro %}",
            "{%+ raw %}",
            "{% if 'a' * 9 %}x{% endif %}",
            "{% ",
        ] {
            assert!(lint(bad).is_err(), "{bad}");
        }
    }
}
