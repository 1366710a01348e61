"""Writes so many made-up customers as CSV: names by how common they are in life, towns with their zips, and five of a hundred are there twice, the second time
with a slip, a nickname, a new address or without what the first had.

    bin/bench-doubles.py COUNT >FILE; standard error says how many are there twice."""

import random
import sys

SOUNDS = "ka lo mi re sa tu ven dor lin mar pet gar hol ber nis wal fer rod kov sen ste bra tho cla vig ost ran hu jel ny".split()
STREETS = "Mill Church Harbour Station Garden School Forest Bridge Market Field Castle River Park Lime Rose Meadow Chapel Tower North Spring".split()
dice = random.Random(7)


def word(parts):
    return "".join(dice.choice(SOUNDS) for _ in range(parts)).capitalize()


FIRST = list({word(2) for _ in range(900)})
LAST = list({word(3) for _ in range(25_000)})
TOWNS = [(word(3), f"{dice.randrange(1000, 99999):05}") for _ in range(8_000)]


def common(of):
    """The first ones far more often than the last."""
    return of[int(len(of) * dice.random() ** 2.5)]


def slip(text):
    if len(text) < 4:
        return text
    at = dice.randrange(1, len(text) - 1)
    return dice.choice([text[:at] + text[at + 1 :], text[:at] + text[at + 1] + text[at] + text[at + 2 :], text[:at] + dice.choice("aeiou") + text[at + 1 :]])


def person(n):
    first, last, (town, code) = common(FIRST), common(LAST), common(TOWNS)
    host = dice.choice(["example.com", "example.org", "mail.example", "post.example"])
    return {
        "first": first, "last": last, "email": f"{first}.{last}{n}@{host}".lower(), "phone": f"+49 30 {dice.randrange(10**7, 10**8)}",
        "street": f"{dice.choice(STREETS)} Street {dice.randrange(1, 240)}", "town": town, "code": code,
    }


def again(p):
    p = dict(p)
    # The address is never the same: by it an import would find the first one.
    p["email"] = "" if dice.random() < 0.5 else slip(p["email"].split("@")[0]) + "@example.net"
    for what in dice.sample(["first", "last", "phone", "street", "moved"], dice.randrange(0, 3)):
        if what == "moved":
            p["street"], (p["town"], p["code"]) = f"{dice.choice(STREETS)} Street {dice.randrange(1, 240)}", common(TOWNS)
        elif what == "phone" and dice.random() < 0.6:
            p[what] = ""
        else:
            p[what] = slip(p[what])
    return p


count, twice, before = int(sys.argv[1]), 0, []
print("First name,Last name,Email,Phone,Address,City,Zip/Postal Code,Country")
for n in range(count):
    if before and n % 20 == 0:
        p, twice = again(dice.choice(before)), twice + 1
    else:
        p = person(n)
        if len(before) < 200_000:
            before.append(p)
        else:
            before[dice.randrange(len(before))] = p
    print(f"{p['first']},{p['last']},{p['email']},{p['phone']},{p['street']},{p['town']},{p['code']},DE")
print(twice, file=sys.stderr)
