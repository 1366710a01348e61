//! The doors of Regulars as people and programs meet them: requests through the whole router, on both engines.

mod api;
mod conversations;
mod credit;
mod desk;
mod duplicates;
mod erasures;
mod invoices;
mod lists;
mod mailings;
mod merges;
mod offers;
mod outbox;
mod pages_list;
mod pages_profile;
mod people;
mod policy;
mod privacy;
mod providers;
mod receiver;
mod returns;
mod service;
mod settings;
mod signin;
mod subscriptions;
mod webhooks;
