//! Where a webhook may go: addresses of the public internet and nothing else, so that nobody reaches the machines behind this one through it.
//! Pure; the one who connects asks [`is_allowed`] for every address that a name gave, and connects to those addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::kit::Problems;

/// The longest address.
const LONGEST: usize = 2000;

/// Reads the address of an endpoint and gives it in its one spelling. `local` lets it be this machine, without TLS (development and tests).
/// Notes what is wrong under `url`.
pub fn check(text: &str, local: bool, problems: &mut Problems) -> String {
    let mut wrong = |code, words: &str| {
        problems.add("url", code, words);
        String::new()
    };
    let text = text.trim();
    if text.is_empty() {
        return wrong("required", "Enter the address that messages go to.");
    }
    if text.len() > LONGEST {
        return wrong("too_long", "Use at most 2000 characters.");
    }
    let Ok(mut url) = Url::parse(text) else { return wrong("invalid", "This is not an address like https://shop.example.com/hooks.") };
    if !(url.scheme() == "https" || local && url.scheme() == "http") {
        return wrong("invalid", "Use an address that begins with https://.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("invalid", "Leave name and password out of the address: the signature says who sends.");
    }
    if url.port() == Some(0) || !host_is_allowed(&url, local) {
        return wrong("not_public", "This address is not on the public internet.");
    }
    url.set_fragment(None);
    url.to_string()
}

/// By what the address itself says: numbers in any spelling, and names that always mean this machine or this network.
fn host_is_allowed(url: &Url, local: bool) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => is_allowed(IpAddr::V4(ip), local),
        Some(Host::Ipv6(ip)) => is_allowed(IpAddr::V6(ip), local),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let last = name.rsplit('.').next().unwrap_or_default();
            match last {
                "localhost" => local,
                "local" | "internal" | "localdomain" | "lan" | "home" | "corp" | "arpa" | "onion" => false,
                _ => name.contains('.'),
            }
        }
        None => false,
    }
}

/// May a connection go to this address? `local` allows loopback beside what is public.
pub fn is_allowed(ip: IpAddr, local: bool) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public(ip) || local && ip.is_loopback(),
        IpAddr::V6(ip) => is_public_v6(ip) || local && ip.is_loopback(),
    }
}

/// Where machines of Azure ask who they are: public by its number, and answered from inside alone.
const AZURE: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// Not one of the blocks that IANA keeps for special use, nor the door of a cloud.
fn is_public(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(matches!(a, 0 | 10 | 127 | 224..)
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || ip == AZURE
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 192 && b == 31 && c == 196)
        || (a == 192 && b == 52 && c == 193)
        || (a == 192 && b == 175 && c == 48)
        || (a == 198 && (18..20).contains(&b))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

/// Global unicast alone, without the blocks of special use; where an IPv4 address is inside, that one decides.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        // Mapped addresses, and the well-known prefix of NAT64.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        // 6to4.
        [0x2002, high, low, ..] => inner(high, low),
        // Teredo, ORCHID, benchmarks, documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str, local: bool) -> Option<&'static str> {
        let mut problems = Problems::default();
        check(text, local, &mut problems);
        problems.0.first().map(|p| p.code)
    }

    #[test]
    fn what_is_not_public_is_refused_in_every_spelling() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "0",
            "0.0.0.0",
            "10.1.2.3",
            "10.258",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "0xc0a80101",
            "169.254.169.254",
            "2852039166",
            "168.63.129.16",
            "0xa83f8110",
            "0xa9fea9fe",
            "100.64.0.1",
            "100.127.1.1",
            "192.0.0.1",
            "192.0.2.7",
            "198.18.0.1",
            "198.19.9.9",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:169.254.169.254]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[100::1]",
            "metadata.google.internal",
            "printer.local",
            "intranet",
            "１２７.0.0.1",
        ] {
            assert_eq!(refusal(&format!("https://{host}/x"), false), Some("not_public"), "{host}");
        }
    }

    #[test]
    fn what_is_public_is_taken_in_its_one_spelling() {
        for (typed, kept) in [
            ("https://Shop.Example.com/hooks#top", "https://shop.example.com/hooks"),
            (" https://8.8.8.8:8443/a?b=c ", "https://8.8.8.8:8443/a?b=c"),
            ("https://134744072/", "https://8.8.8.8/"),
            ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
            ("https://[64:ff9b::808:808]/", "https://[64:ff9b::808:808]/"),
            ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ] {
            let mut problems = Problems::default();
            assert_eq!(check(typed, false, &mut problems), kept);
            assert_eq!(problems, Problems::default(), "{typed}");
        }
    }

    #[test]
    fn schemes_passwords_and_nonsense_are_refused_and_loopback_only_by_the_flag() {
        for (text, code) in [
            ("", "required"),
            ("shop", "invalid"),
            ("http://shop.example.com/", "invalid"),
            ("ftp://shop.example.com/", "invalid"),
            ("file:///etc/passwd", "invalid"),
            ("https://me:pw@shop.example.com/", "invalid"),
            ("https://shop.example.com:0/", "not_public"),
            ("https:///", "invalid"),
        ] {
            assert_eq!(refusal(text, false), Some(code), "{text}");
        }
        assert_eq!(refusal("http://127.0.0.1:9000/", true), None);
        assert_eq!(refusal("http://[::1]:9000/", true), None);
        assert_eq!(refusal("http://localhost:9000/", true), None);
        assert_eq!(refusal("http://10.0.0.1/", true), Some("not_public"), "the flag opens this machine, not the network behind it");
        assert_eq!(refusal(&format!("https://a.example/{}", "x".repeat(2000)), false), Some("too_long"));
    }
}
