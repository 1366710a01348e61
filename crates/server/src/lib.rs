//! The doors of Regulars: pages, API and command line. Knows HTTP and no SQL; every rule stands in `domain`.

pub mod accounting;
pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod dashboard;
pub mod hooks;
pub mod http;
pub mod imap;
pub mod look;
pub mod mailboxes;
pub mod mailer;
pub mod oidc;
pub mod outside;
pub mod portal;
pub mod webhooks;
pub mod workers;
