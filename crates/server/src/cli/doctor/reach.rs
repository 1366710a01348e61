//! How the installation is reached: the address, the process that serves, and the proxy in front of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::{Report, Seen};
use crate::cli::serve::Reach;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Address, server and proxy.
pub fn reach(seen: &Seen<'_>, reach: &Result<Reach, String>, report: &mut Report) {
    let reach = match reach {
        Ok(reach) => reach,
        Err(words) => return report.todo("address", words.clone(), "Set base_url to https://… and put an HTTPS proxy in front."),
    };
    address(reach, report);
    if seen.offline || reach.listen.port() == 0 {
        return;
    }
    let runs = server(reach.listen, report);
    if runs && reach.secure {
        proxy(&reach.base_url, report);
    }
}

fn address(reach: &Reach, report: &mut Report) {
    if reach.secure {
        report.fine("address", format!("People type {}.", reach.base_url));
    } else if reach.listen.ip().is_loopback() && reach.base_url.is_empty() {
        report.note("address", format!("Only this machine reaches http://{}.", reach.listen));
    } else if reach.insecure {
        report.todo(
            "address",
            "--insecure-http lets anybody on the way read passwords and customers.",
            "Put an HTTPS proxy in front, set base_url to https://…, and leave the flag out.",
        );
    } else {
        let says = format!("{} is plain HTTP: links in mail lead there, and cookies are not marked as secure.", reach.base_url);
        report.todo("address", says, "Put an HTTPS proxy in front and set base_url to https://….");
    }
}

/// Does one serve at the address that is listened on?
fn server(listen: SocketAddr, report: &mut Report) -> bool {
    let here = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), listen.port()),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), listen.port()),
        _ => listen,
    };
    match get(&format!("http://{here}/readyz")) {
        Ok((200, body)) if body == "ready\n" => {
            report.fine("server", format!("One serves at {here} and is ready."));
            return true;
        }
        Ok((503, _)) => {
            report.todo("server", format!("The one at {here} cannot reach its database."), "Look at its log, and at the database.")
        }
        Ok((status, _)) => {
            report.todo("server", format!("Something else answers at {here} ({status})."), "Stop it, or listen elsewhere with --listen.");
        }
        Err(_) => report.note("server", format!("None answers at {here}.")),
    }
    false
}

/// Does the proxy lead here, and does it keep the metrics to itself?
fn proxy(base_url: &str, report: &mut Report) {
    match get(&format!("{base_url}/healthz")) {
        Ok((200, body)) if body == "ok\n" => match get(&format!("{base_url}/metrics")) {
            Ok((200, text)) if text.contains("regulars_") => report.todo(
                "proxy",
                format!("{base_url}/metrics is open to everybody."),
                "Close /metrics at the proxy (docs/operations.md shows how).",
            ),
            _ => report.fine("proxy", format!("{base_url} leads here.")),
        },
        Ok((status, _)) => report.todo(
            "proxy",
            format!("{base_url}/healthz answers {status}, and not as Regulars does."),
            "Let the proxy lead this name to the address that is listened on.",
        ),
        Err(words) => report.todo(
            "proxy",
            format!("{base_url} does not answer from here: {words}."),
            "Look at the name in the DNS, the proxy and its certificate. If only this machine cannot reach itself by that name, this is no fault.",
        ),
    }
}

/// Status and the beginning of the body.
fn get(url: &str) -> Result<(u16, String), String> {
    use std::io::Read as _;
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent("regulars")
        .build()
        .into();
    let response = agent.get(url).call().map_err(|e| e.to_string())?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    response.into_body().into_reader().take(64 * 1024).read_to_end(&mut body).map_err(|e| e.to_string())?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
