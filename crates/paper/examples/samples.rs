//! Writes invoices of every kind into a folder, for a judge from outside (`bin/test-invoices`): `cargo run --example samples -- FOLDER`.

#[path = "../tests/sample/mod.rs"]
mod sample;

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let all = sample::all().into_iter().map(|(name, d)| (name.to_owned(), d));
    for (name, document) in all.chain(sample::thrown(80)) {
        let path = |end: &str| std::path::Path::new(&folder).join(format!("{name}.{end}"));
        let written = paper::pdf(&document).and_then(|pdf| Ok((pdf, paper::xml(&document)?)));
        match written {
            Ok((pdf, xml)) => {
                let inside = if paper::not_in_norm(&document).is_none() { "xml" } else { "plain" };
                if let Err(e) = std::fs::write(path("pdf"), pdf).and_then(|()| std::fs::write(path(inside), xml)) {
                    eprintln!("{name}: {e}");
                    std::process::exit(1);
                }
            }
            Err(e) => {
                eprintln!("{name}: {e}");
                std::process::exit(1);
            }
        }
    }
}
