//! A CSV file of a hundred thousand rows with 14 columns (SPEC 9), written and read.

use std::io::Cursor;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::files::{Cell, Format, Row, Table, Target, Writer, headers, recognise};

const ROWS: usize = 100_000;
const ROW: [&str; 13] = [
    "Ann de Vries",
    "ann.devries@example.com",
    "De Vries, Zonen & Co",
    "12345678",
    "info@example.com",
    "",
    "+31 20 1234567",
    "Keizersgracht 1\n2 hoog",
    "Amsterdam",
    "NH",
    "1015 CJ",
    "NL",
    "NL123456789B01",
];

fn written() -> Vec<u8> {
    let mut cells: Vec<Cell<'_>> = ROW.iter().map(|text| Cell::Text(text)).collect();
    cells.push(Cell::Decimal("1234.50"));
    let mut writer = Writer::new(Format::Csv, Vec::with_capacity(ROWS * 180), &headers::EXPORT_COLUMNS).unwrap();
    (0..ROWS).for_each(|_| writer.row(&cells).unwrap());
    writer.finish().unwrap().out
}

fn files(c: &mut Criterion) {
    let file = written();
    let mut group = c.benchmark_group("a file");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("written", |b| b.iter(|| written().len()));
    group.bench_function("read", |b| {
        b.iter(|| {
            let mut table = Table::open(Cursor::new(file.clone())).unwrap();
            let layout = recognise(table.header()).unwrap();
            let (mut row, mut bytes) = (Row::default(), 0);
            while let Some(read) = table.read(&mut row) {
                read.unwrap();
                bytes += layout.text(&row, &Target::Email).len();
            }
            bytes
        });
    });
    group.finish();
}

criterion_group!(benches, files);
criterion_main!(benches);
