//! Files as people bring them, read as a whole.

mod layouts;
mod limits;
mod reading;
mod real;
pub(crate) mod workbooks;
mod writing;

use std::io::{Cursor, Read};

use super::*;

/// Opens bytes that were made in the test.
fn open(bytes: impl Into<Vec<u8>>) -> Table {
    Table::open(Cursor::new(bytes.into())).unwrap()
}

fn header(names: &str) -> Vec<String> {
    names.split(',').map(str::to_string).collect()
}

/// Header and rows as plain cells; every row must be good.
fn read_all(bytes: impl Into<Vec<u8>>) -> Vec<Vec<String>> {
    let mut table = open(bytes);
    let mut all = vec![table.header().to_vec()];
    for row in table.by_ref() {
        all.push(row.unwrap().iter().map(str::to_string).collect());
    }
    all
}

/// Opens or reads on until something is wrong.
fn first_fault(bytes: impl Into<Vec<u8>>) -> Fault {
    fault_of(Cursor::new(bytes.into()))
}

fn fault_of(file: impl Read + Send + 'static) -> Fault {
    match Table::open(file) {
        Err(fault) => fault,
        Ok(mut table) => table.find_map(Result::err).expect("something is wrong with this file"),
    }
}

/// Gives its bytes a few at a time, as a slow pipe does.
struct Dribble {
    bytes: Cursor<Vec<u8>>,
    most: usize,
}

impl Read for Dribble {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = buf.len().min(self.most);
        self.bytes.read(&mut buf[..n])
    }
}
