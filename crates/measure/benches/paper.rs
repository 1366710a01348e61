//! Invoices on paper (SPEC 2.9): the PDF with the EN 16931 file inside, and that file alone.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

#[path = "../../paper/tests/sample/mod.rs"]
mod sample;

fn invoices(c: &mut Criterion) {
    let all = sample::all();
    let (_, document) = all.first().unwrap();
    c.bench_function("an invoice as PDF", |b| b.iter(|| paper::pdf(black_box(document)).unwrap().len()));
    c.bench_function("an invoice as XML", |b| b.iter(|| paper::xml(black_box(document)).unwrap().len()));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = invoices
}
criterion_main!(benches);
