//! A file of customers of any size, as another system would hand it over.

use std::io::{BufWriter, Write};

const FIRST: [&str; 12] = ["Ana", "Jürgen", "Zoë", "Łukasz", "Marie-Claire", "Søren", "Ines", "Théo", "Aoife", "Nuno", "Kaisa", "Dragan"];
const LAST: [&str; 12] =
    ["Ruiz", "Schäfer", "O’Brien", "Wójcik", "Lefèvre", "Møller", "García Vega", "van den Berg", "Novak", "Silva", "Nieminen", "Kovač"];

/// Writes so many megabytes to standard output.
pub fn write(megabytes: usize) {
    let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    let head = "Name,First name,Last name,Email,Company,Phone,Address,City,State,Zip/Postal Code,Country,Metadata: remarks\r\n";
    out.write_all(head.as_bytes()).unwrap();
    let (mut written, mut n) = (head.len(), 0usize);
    while written < megabytes << 20 {
        let (first, last) = (FIRST[n % 12], LAST[n / 12 % 12]);
        let line = format!(
            "{first} {last},{first},{last},person{n}@example.com,\"{last}, {first} & Co.\",+33 6 {:02} {:02} {:02} {:02},\"{} rue de l’Église\nBât. {}\",Paris,,{:05},FR,\"Met at the fair, likes it \"\"dark\"\"; {n}\"\r\n",
            n % 100,
            n / 100 % 100,
            n / 10_000 % 100,
            n / 7 % 100,
            n % 300 + 1,
            n % 9,
            75_000 + n % 20
        );
        out.write_all(line.as_bytes()).unwrap();
        (written, n) = (written + line.len(), n + 1);
    }
    out.flush().unwrap();
    eprintln!("{n} rows");
}
