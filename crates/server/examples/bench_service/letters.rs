//! Mails as programs write them: plain, with HTML beside, quoted-printable, with a file, answers to each other.

use base64::Engine as _;

/// The mail of this number from this address; every fourth begins a new subject, the others answer the one before.
pub fn mail(mark: u128, n: usize, from: &str) -> Vec<u8> {
    let (subject, answers) = match n % 4 {
        0 => (format!("Grinder setting {n}"), String::new()),
        _ => (format!("Re: Grinder setting {}", n - n % 4), format!("In-Reply-To: {id}\r\nReferences: {id}\r\n", id = id(mark, n - 1))),
    };
    let head = format!(
        "Received: from mx.example.com by desk.example.com; Mon, 23 Nov 2026 10:00:00 +0000\r\nFrom: Bench Buyer <{from}>\r\nTo: desk@kilde.example\r\n\
         Subject: {subject}\r\nMessage-ID: {}\r\n{answers}MIME-Version: 1.0\r\n",
        id(mark, n)
    );
    let plain = "Which setting do you use for the Aeropress?\r\nMine comes out bitter, and the water is at 88 degrees.\r\n\r\n> Tell us how it went.\r\n";
    let html = "<html><head><style>p{margin:0}</style></head><body><p>Which setting do you use for the <b>Aeropress</b>?</p><table><tr><td>Mine comes out bitter</td></tr></table>\
                <img src=\"https://mail.example.com/open.gif\"><script>track()</script></body></html>";
    let body = match n % 4 {
        0 => format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{plain}"),
        1 => format!(
            "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{plain}\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
        ),
        2 => format!(
            "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
            "F=FCr die B=E4ume am Wei=DFen See: zwei Beutel, gemahlen, bitte=\r\n noch diese Woche.\r\n".repeat(8)
        ),
        _ => format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{plain}\r\n--b\r\nContent-Type: image/jpeg; name=\"grind.jpg\"\r\n\
             Content-Disposition: attachment; filename=\"grind.jpg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
            picture(n)
        ),
    };
    (head + &body).into_bytes()
}

fn id(mark: u128, n: usize) -> String {
    format!("<{mark}.{n}@mail.example.com>")
}

/// Twenty kilobytes that do not repeat.
fn picture(n: usize) -> String {
    let mut seed = n as u32 | 1;
    let bytes: Vec<u8> = (0..20_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        })
        .collect();
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned() + "\r\n").collect()
}
