//! Two people held against each other, and 5,000 rows of a file (SPEC 10.1).

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use likeness::text::jaro_winkler;
use likeness::{Field, Record, Shelf, compare, find};

/// As the columns of the file.
const COLUMNS: [Field; 9] =
    [Field::Given, Field::Surname, Field::Number, Field::Street, Field::Locality, Field::City, Field::Zip, Field::State, Field::Birth];

fn shelf() -> Shelf {
    let mut shelf = Shelf::default();
    for line in include_str!("../../likeness/fixtures/people.csv").lines().skip(1) {
        let values: Vec<&str> = line.split(", ").skip(1).collect();
        let fields: Vec<(Field, &str)> = COLUMNS.into_iter().zip(values.into_iter().map(str::trim)).collect();
        shelf.push(&Record::of(&fields));
    }
    shelf
}

fn pairs(c: &mut Criterion) {
    let shelf = shelf();
    c.bench_function("two surnames", |b| b.iter(|| jaro_winkler(black_box("papadopoulos"), black_box("papadopulos"))));
    let (one, other) = (shelf.fields(1), shelf.fields(2));
    c.bench_function("two records", |b| b.iter(|| compare(black_box(&one), black_box(&other))));
    let mut whole = c.benchmark_group("a file");
    whole.sample_size(10);
    whole.bench_function(format!("{} rows", shelf.len()), |b| b.iter(|| find(black_box(&shelf)).compared));
    whole.finish();
}

criterion_group!(benches, pairs);
criterion_main!(benches);
