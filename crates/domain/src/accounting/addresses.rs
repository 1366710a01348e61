//! Where the services are. Configured addresses stand in the place of all of them, for tests.

use ::providers::accounting::{exact, twinfield};

use super::Service;

pub use exact::SITES;

/// Where the services are, instead of their own addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Exact Online, without a slash at the end.
    pub exact: Option<String>,
    /// Twinfield, its sign-in.
    pub twinfield: Option<String>,
}

impl Addresses {
    /// Where people sign in; for Exact also what is asked.
    pub(super) fn login(&self, service: Service, site: &str) -> String {
        let own = || SITES.iter().find(|(key, ..)| *key == site).map_or(SITES[0].1, |(_, origin, _)| *origin).to_owned();
        match service {
            Service::Exact => self.exact.clone().unwrap_or_else(own),
            Service::Twinfield => self.twinfield.clone().unwrap_or_else(|| twinfield::LOGIN.to_owned()),
        }
    }

    /// May tokens be sent to this cluster of Twinfield?
    pub(super) fn trusts(&self, cluster: &str) -> bool {
        let host = url::Url::parse(cluster).ok().filter(|u| u.scheme() == "https").and_then(|u| u.host_str().map(str::to_owned));
        self.twinfield.is_some() || host.is_some_and(|h| h.ends_with(".twinfield.com"))
    }
}
