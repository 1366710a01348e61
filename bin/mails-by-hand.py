"""Mails as programs write them that cannot be run here, byte for byte, and mails that are broken in the ways that mails are. Called by bin/make-mails."""
import base64
import sys

folder = sys.argv[1]
MAIL = "mai_01k0000000000000000000000a"  # the id of a mail that the desk sent, as a report names it


def keep(name, text, encoding="utf-8", lines="\r\n"):
    raw = text if isinstance(text, bytes) else text.encode(encoding)
    open(f"{folder}/{name}.eml", "wb").write(raw.replace(b"\n", lines.encode()))


def head(sender, subject, name, *more):
    return "\n".join([f"From: {sender}", "To: desk@shop.example", f"Subject: {subject}", "Date: Mon, 5 Jan 2026 10:00:00 +0100", f"Message-ID: <{name}@hand.example>", *more, ""])


# Outlook: its own wrapping of a mail, which others see as winmail.dat (TNEF), and the words of an answer in windows-1252.
tnef = base64.encodebytes(bytes.fromhex("789f3e22010001069007000400000000000100010001079006000800000000e4040000000000e8")).decode().strip()
keep("outlook-tnef", head("Ana Ruiz <ana@example.com>", "The invoice", "outlook-tnef", "Thread-Topic: The invoice", "Thread-Index: AdwAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    "X-MS-TNEF-Correlator: <outlook-tnef@hand.example>", "MIME-Version: 1.0", 'Content-Type: multipart/mixed;', '\tboundary="----=_NextPart_000_0000_01DB5F00.0000"',
    "X-Mailer: Microsoft Outlook 16.0", "Content-Language: en-us") + f"""
This is a multipart message in MIME format.

------=_NextPart_000_0000_01DB5F00.0000
Content-Type: text/plain;
	charset="us-ascii"
Content-Transfer-Encoding: 7bit

The invoice is missing.

------=_NextPart_000_0000_01DB5F00.0000
Content-Type: application/ms-tnef;
	name="winmail.dat"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
	filename="winmail.dat"

{tnef}

------=_NextPart_000_0000_01DB5F00.0000--
""")
keep("outlook-reply", head("=?Windows-1252?Q?Ren=E9e_Fran=E7ois?= <renee@example.com>", "=?Windows-1252?Q?RE:_Invoice_=96_=8020?=", "outlook-reply",
    "In-Reply-To: <mail-1@shop.example>", "References: <mail-0@shop.example>", " <mail-1@shop.example>", "Thread-Index: AQHbXwAA", "MIME-Version: 1.0",
    'Content-Type: multipart/alternative;', '\tboundary="_000_AB1PR01MB0000_"', "Accept-Language: fr-FR, en-US", "X-MS-Has-Attach:") + """
--_000_AB1PR01MB0000_
Content-Type: text/plain; charset="Windows-1252"
Content-Transfer-Encoding: quoted-printable

It=92s paid =96 =8020.
________________________________
From: Desk <desk@shop.example>
Sent: Monday, January 5, 2026 9:00 AM
Subject: Invoice

--_000_AB1PR01MB0000_
Content-Type: text/html; charset="Windows-1252"
Content-Transfer-Encoding: quoted-printable

<html xmlns:o=3D"urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0} --></style></head><body><p class=3D"MsoNormal">It=92s paid =96 =8020.<o:p></o:p></p></body></html>

--_000_AB1PR01MB0000_--
""")
# Apple Mail: flowed text that joins broken lines without a space, and a name of a file in pieces (RFC 2231).
keep("apple-mail", head("Ana Ruiz <ana@example.com>", "Photo of the bag", "apple-mail", "Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3826.200\\))", "X-Mailer: Apple Mail (2.3826.200)",
    "Content-Type: multipart/alternative;", '\tboundary="Apple-Mail=_0A1B"') + """

--Apple-Mail=_0A1B
Content-Transfer-Encoding: quoted-printable
Content-Type: text/plain;
\tcharset=utf-8

The bag is torn =F0=9F=98=95, see the photo.

--Apple-Mail=_0A1B
Content-Type: multipart/mixed;
\tboundary="Apple-Mail=_2C3D"

--Apple-Mail=_2C3D
Content-Transfer-Encoding: 7bit
Content-Type: text/html;
\tcharset=us-ascii

<html><body>The bag is torn, see the photo.</body></html>
--Apple-Mail=_2C3D
Content-Disposition: inline;
\tfilename*0*=utf-8''Bildschirmfoto%20vom%205.%20;
\tfilename*1*=J%C3%A4nner%20um%209.59.jpg
Content-Type: image/jpeg;
\tx-unix-mode=0644;
\tname*0*=utf-8''Bildschirmfoto%20vom%205.%20;
\tname*1*=J%C3%A4nner%20um%209.59.jpg
Content-Transfer-Encoding: base64

/9j/2Q==
--Apple-Mail=_2C3D--

--Apple-Mail=_0A1B--
""")
keep("gmail-reply", head("Ana Ruiz <ana@example.com>", "Re: Your order", "CAF0=gmail+reply", "MIME-Version: 1.0", "References: <mai_x@shop.example>", "In-Reply-To: <mai_x@shop.example>",
    'Content-Type: multipart/alternative; boundary="00000000000000aaaa"') + """
--00000000000000aaaa
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

Thanks =E2=80=93 received!

On Mon, Jan 5, 2026 at 9:00=E2=80=AFAM Desk <desk@shop.example> wrote:

> It is on its way.
>

--00000000000000aaaa
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

<div dir=3D"ltr">Thanks =E2=80=93 received!</div><br><div class=3D"gmail_quote"><blockquote class=3D"gmail_quote" style=3D"margin:0px">It is on its way.</blockquote></div>

--00000000000000aaaa--
""")
# mail() of PHP as people call it: bare line feeds, letters beyond ASCII in the header and the text, and no word about the charset.
keep("php-mail", "To: desk@shop.example\nSubject: Kontaktformular: Gr\u00fc\u00dfe\nX-PHP-Originating-Script: 1000:contact.php\nFrom: J\u00f6rg <joerg@example.com>\n\nName: J\u00f6rg\nNachricht: Haben Sie ge\u00f6ffnet?\n", "iso-8859-1", "\n")
keep("thunderbird-flowed", head("Ana Ruiz <ana@example.com>", "Flowed", "thunderbird-flowed", "MIME-Version: 1.0", "User-Agent: Mozilla Thunderbird", "Content-Language: en-GB",
    "Content-Type: text/plain; charset=UTF-8; format=flowed", "Content-Transfer-Encoding: 8bit") + """
This is a long sentence that the program broke where a line was full, \nand it goes on here.
-- \nAna
> quoted \n> words
""")
# Machines that answer.
keep("qmail-bounce", f"""Return-Path: <>
Date: 5 Jan 2026 10:00:00 -0000
From: MAILER-DAEMON@old.example
To: desk@shop.example
Subject: failure notice
Message-ID: <qmail-bounce@hand.example>

Hi. This is the qmail-send program at old.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@example.com>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 no such user
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

Return-Path: <desk@shop.example>
Message-ID: <{MAIL}@shop.example>

Hello
""")
keep("exchange-ndr", head("postmaster@example.com", "Undeliverable: Hello", "exchange-ndr", "MIME-Version: 1.0", "Auto-Submitted: auto-replied", f"In-Reply-To: <{MAIL}@shop.example>",
    'Content-Type: multipart/report; report-type=delivery-status;', '\tboundary="b1_9f"') + f"""
--b1_9f
Content-Type: multipart/alternative; differences=Content-Type;
	boundary="b2_9f"

--b2_9f
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to ana@example.com couldn't be delivered.=20
ana wasn't found at example.com.
--b2_9f
Content-Type: text/html; charset="us-ascii"

<html><body><p>Your message couldn't be delivered.</p></body></html>
--b2_9f--

--b1_9f
Content-Type: message/delivery-status

Reporting-MTA: dns;VI1PR0.prod.example.com

Original-Recipient: rfc822;ana@example.com
Final-Recipient: rfc822;ana@example.com
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--b1_9f
Content-Type: message/rfc822

Message-ID: <{MAIL}@shop.example>
From: desk@shop.example
Subject: Hello

Hello
--b1_9f--
""")
keep("auto-reply", head("Ana Ruiz <ana@example.com>", "Automatic reply: Your order", "auto-reply", "Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All", f"In-Reply-To: <{MAIL}@shop.example>",
    "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8") + "\nI am away until 12 January.\n")
keep("read-receipt", head("Ana Ruiz <ana@example.com>", "Read: Your order", "read-receipt", "MIME-Version: 1.0", "Content-Type: multipart/report; report-type=disposition-notification;",
    ' boundary="mdn"') + f"""
--mdn
Content-Type: text/plain; charset=utf-8

Your message was displayed.
--mdn
Content-Type: message/disposition-notification

Reporting-UA: example.com; Mailer
Final-Recipient: rfc822;ana@example.com
Original-Message-ID: <{MAIL}@shop.example>
Disposition: manual-action/MDN-sent-manually; displayed

--mdn--
""")
# Charsets.
keep("windows-1252", head("=?windows-1252?B?Wm/r?= <zoe@example.com>", "=?windows-1252?Q?=80_=85_=93quoted=94?=", "windows-1252", "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=windows-1252", "Content-Transfer-Encoding: 8bit") + "\n\u20ac 12 \u2026 \u201cquoted\u201d \u2013 na\u00efve\n", "cp1252")
keep("iso-2022-jp-7bit", (head("hanako@example.com", "=?ISO-2022-JP?B?GyRCQ21KOBsoQg==?=", "iso-2022-jp-7bit", "MIME-Version: 1.0", "Content-Type: text/plain; charset=ISO-2022-JP",
    "Content-Transfer-Encoding: 7bit") + "\n").encode() + "\u6ce8\u6587\u3057\u307e\u3057\u305f\u3002\n".encode("iso-2022-jp"))
keep("split-words", head("=?utf-8?Q?Zo=C3=AB?= =?utf-8?Q?_M=C3=BCller?= <zoe@example.com>", "=?utf-8?B?R3LDvMOfZQ==?=\n =?utf-8?B?IGF1cyBLw7Zsbg==?=", "split-words",
    "Content-Type: text/plain; charset=utf-8") + "\nHello\n")
# Mails in mails.
keep("nested", head("Ana Ruiz <ana@example.com>", "Fwd: Fwd: once more", "nested", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="n1"') + """
--n1
Content-Type: text/plain

The outermost words.
--n1
Content-Type: message/rfc822
Content-Disposition: attachment

From: ben@example.com
Subject: Fwd: once more
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="n2"

--n2
Content-Type: text/plain

The words between.
--n2
Content-Type: message/rfc822

From: cy@example.com
Subject: once more

The innermost words.
--n2--

--n1--
""")
# Broken.
keep("no-end", head("Ana Ruiz <ana@example.com>", "No end", "no-end", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"') + """
--b
Content-Type: text/plain

The words are there.
--b
Content-Type: text/csv; name="cut.csv"
Content-Disposition: attachment; filename="cut.csv"

a,b
1,""")
keep("wrong-base64", head("Ana Ruiz <ana@example.com>", "Wrong base64", "wrong-base64", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"') + """
--b
Content-Type: text/plain

The words are there.
--b
Content-Type: application/pdf; name="a.pdf"
Content-Disposition: attachment; filename="a.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQ*!!not base64 at all!!
--b--
""")
keep("wrong-boundary", head("Ana Ruiz <ana@example.com>", "Another boundary", "wrong-boundary", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="one"') + """
--two
Content-Type: text/plain

Words behind a boundary that nobody named.
--two--
""")
keep("double-headers", """From: Ana Ruiz <ana@example.com>
From: Eve <eve@example.com>
To: desk@shop.example
Subject: The first
Subject: The second
Date: Mon, 5 Jan 2026 10:00:00 +0100
Message-ID: <double-headers@hand.example>
Message-ID: <double-headers-2@hand.example>

Two of each.
""")
keep("eight-bit-headers", "From: Zo\u00eb M\u00fcller <zoe@example.com>\nTo: desk@shop.example\nSubject: Gr\u00fc\u00dfe \u2615\nMessage-ID: <eight-bit-headers@hand.example>\nContent-Type: text/plain; charset=utf-8\n\nHello \u2615\n")
keep("no-date", "From: ana@example.com\nTo: desk@shop.example\nSubject: No date\nMessage-ID: <no-date@hand.example>\n\nWhen was it?\n")
keep("wrong-date", head("ana@example.com", "Wrong date", "wrong-date").replace("Mon, 5 Jan 2026 10:00:00 +0100", "Yesterday, at noon") + "\nWhen was it?\n")
keep("no-id", "From: ana@example.com\nTo: desk@shop.example\nSubject: No id\nDate: Mon, 5 Jan 2026 10:00:00 +0100\n\nWhich is it?\n")
keep("long-header", head("ana@example.com", "Long " + "x" * 60_000, "long-header", "X-Spam-Report: " + "\n\tline" * 5_000) + "\nThe words are there.\n")
keep("no-body", head("ana@example.com", "No words", "no-body"))
keep("no-headers", "\nOnly words, and nobody says whose.\n")
keep("nothing", b"")
keep("nul-and-controls", head("ana@example.com", "Nul \x00 and \x07 bell", "nul-and-controls") + "\nBefore \x00 after.\n")
keep("group-address", head("Undisclosed: ;", "To a group", "group-address") + "\nNobody in particular.\n")
keep("quoted-name", head('"Ruiz, Ana (\\"Annie\\")" <ana@example.com>', "A name with a comma", "quoted-name") + "\nHello\n")
keep("path-in-name", head("ana@example.com", "A file that wants elsewhere", "path-in-name", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"') + """
--b
Content-Type: text/plain

Open it.
--b
Content-Type: text/html; name="../../etc/passwd"
Content-Disposition: attachment; filename="../../etc/passwd"

<script>alert(1)</script>
--b
Content-Type: application/x-msdownload; name="C:\\\\Users\\\\x\\\\run.exe"
Content-Disposition: attachment; filename="C:\\\\Users\\\\x\\\\run.exe"

MZ
--b--
""")
keep("old-unix", "From ana@example.com Mon Jan  5 10:00:00 2026\nFrom: ana@example.com (Ana Ruiz)\nTo: desk@shop.example\nSubject: From a spool\nMessage-ID: <old-unix@hand.example>\n\n>From here it is quoted.\n", lines="\n")
