//! What is personal, and what becomes of it (SPEC 11): the register of every column that says which rows are whose.

pub mod columns;
