"""What bin/test-mail judges on one engine: DATABASE_URL names the database, the argument a folder of its own."""
import collections, email, email.policy, http.cookiejar, json, logging, os, re, signal, socket, sqlite3, subprocess, sys, threading, time
import urllib.error, urllib.parse as p, urllib.request as u

import dkim, ssl, trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from twilio.request_validator import RequestValidator

folder, binary, database = sys.argv[1], os.environ["REGULARS_BIN"], os.environ["DATABASE_URL"]
many = int(os.environ["REGULARS_MAILS"])
failed = passed = 0
logging.disable(logging.WARNING)  # the server has a word for each who signs in


def holds(what, is_so, told=""):
    global passed, failed
    passed, failed = passed + bool(is_so), failed + (not is_so)
    print("holds:" if is_so else "FAILED:", what, "" if is_so else told, flush=True)


def until(what, look, seconds=30):
    end, error = time.monotonic() + seconds, ""
    while time.monotonic() < end:
        try:
            if look():
                return holds(what, True)
        except Exception as e:
            error = repr(e)
        time.sleep(0.1)
    holds(what, False, error)


# --- the mail server -----------------------------------------------------------------------------------------------------

class Post:
    """Takes mail, and does to some what servers do."""
    def __init__(self):
        self.taken, self.greeted, self.kill_at, self.total = collections.defaultdict(list), set(), [], 0
        self.kill = lambda: None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 nobody of that name"
        if address.startswith("listed@"):
            return "550 5.7.1 your address is on a list"
        if address.startswith("grey@") and address not in self.greeted:
            self.greeted.add(address)
            return "451 4.7.1 come back later"
        if self.is_time("before", address):
            self.kill()
            return "421 4.3.2 gone"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        self.taken[to].append(bytes(envelope.original_content))
        self.total += to.endswith("@many.example")
        if to.startswith("cut@") and len(self.taken[to]) == 1:
            server.transport.abort()
            return "250 nobody hears it"
        if self.is_time("behind", to):
            self.kill()
        return "250 taken"

    def is_time(self, when, to):
        if self.kill_at and to.endswith("@many.example") and self.kill_at[0][0] == when and self.total >= self.kill_at[0][1]:
            self.kill_at.pop(0)
            return True
        return False


authority = trustme.CA()
authority.cert_pem.write_to_path(f"{folder}/authority.pem")
private = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
authority.issue_cert("localhost").configure_cert(private)
signed_in = []


def who(server, session, envelope, mechanism, data):
    signed_in.append(bytes(data.login))
    return AuthResult(success=(bytes(data.login), bytes(data.password)) == (b"desk", b"p@ss word"))


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


post = Post()
smtp = Controller(post, hostname="127.0.0.1", port=free(), tls_context=private, require_starttls=True, auth_required=True, auth_require_tls=True, authenticator=who)
smtp.start()

# --- the desk ------------------------------------------------------------------------------------------------------------

port = free()
desk = f"http://127.0.0.1:{port}"
open(f"{folder}/regulars.toml", "w").write(
    f'smtp_url = "smtp://desk:p%40ss%20word@localhost:{smtp.port}?tls=required"\nmail_from = "desk@shop.example"\nbase_url = "{desk}"\n')
env = {**os.environ, "REGULARS_DATA": folder, "REGULARS_CONFIG": f"{folder}/regulars.toml", "SSL_CERT_FILE": f"{folder}/authority.pem", "RUST_LOG": "error", "NO_COLOR": "1"}
log = open(f"{folder}/desk.log", "ab")


def cli(*words):
    done = subprocess.run([binary, *words], env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"regulars {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def start():
    process = subprocess.Popen([binary, "serve", "--port", str(port)], env=env, stdout=log, stderr=log)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if u.urlopen(desk + "/readyz", timeout=2).status == 200:
                return process
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the desk did not open")


def sql(text):
    """Said to the database itself, while the desk is dead."""
    if database.startswith("postgres"):
        subprocess.run(["psql", "--no-psqlrc", "-q", "-d", database, "-c", text], check=True)
    else:
        with sqlite3.connect(database, timeout=10) as db:
            db.execute(text)


key = ""
process = start()


def api(method, path, body=None):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    data = json.dumps(body if body is not None else {}).encode() if method != "GET" else None
    try:
        with u.urlopen(u.Request(f"{desk}/api/v1{path}", data, headers, method=method), timeout=60) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()[:300]}") from None


browser = u.build_opener(u.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def page(path, form=None):
    data = p.urlencode(form, True).encode() if form is not None else None
    with browser.open(u.Request(desk + path, data, {"Origin": desk, "Sec-Fetch-Site": "same-origin"}), timeout=60) as answer:
        return answer.read().decode()


page("/set-up", {"name": "Olivia", "email": "olivia@example.com", "password": "three blue tea cups", "merchant": "Roastery", "currency": "EUR",
    "time_zone": "Europe/Paris", "country": "FR", "shop": "Online"})
rights = re.findall(r'name="rights"[^>]*value="([^"]+)"', page("/settings/api-keys/new"))
key = re.search(r"rk_live_[\w-]+", page("/settings/api-keys/new", {"name": "mails", "rights": rights})).group()
api("PUT", "/invoice-settings", {**api("GET", "/invoice-settings"), "seller": {"name": "Roastery", "vat_number": "FR83404833048", "address": {"line1": "1 rue de la Paix", "zip": "75002", "city": "Paris", "country": "FR"}}})

# --- one mail ------------------------------------------------------------------------------------------------------------

record = api("PUT", "/signing-key", {"domain": "shop.example", "selector": "desk"})
dns = lambda name, **_: record["record"].encode() if name.rstrip(b".") == b"desk._domainkey.shop.example" else None
genuine = lambda raw: dkim.verify(raw, dnsfunc=dns)

buyer = api("POST", "/customers", {"email": "buyer@shop.example", "name": "Buyer"})["customer"]["id"]
line = {"title": "Coffee", "quantity": "1", "unit_price": "10.50", "rate": "0", "category": "Z"}
invoice = api("POST", "/invoices", {"customer": buyer, "lines": [line], "prices": "net"})["id"]
api("POST", f"/invoices/{invoice}/issue")
mail = api("POST", f"/invoices/{invoice}/mails", {"to": "buyer@shop.example", "message": "Grüße aus der Rösterei.\n.\n..two dots"})
until("an invoice leaves over TLS, signed in", lambda: post.taken["buyer@shop.example"] and set(signed_in) == {b"desk"})
raw = post.taken["buyer@shop.example"][0]
holds("its signature is genuine", genuine(raw))
holds("and not of another mail", not genuine(raw.replace(b"dots", b"dogs").replace(b"\r\n\r\n", b"\r\n\r\nx", 1)))
read = email.message_from_bytes(raw, policy=email.policy.default)
papers = [a for a in read.iter_attachments()]
holds("the PDF came whole", len(papers) == 1 and papers[0].get_content()[:5] == b"%PDF-" and papers[0].get_content().rstrip().endswith(b"%%EOF"))
holds("and the words, dots and all", "Grüße aus der Rösterei." in read.get_body().get_content() and "\n.\n..two dots" in read.get_body().get_content().replace("\r\n", "\n"))
holds("it names our own id", mail["id"] in read["Message-ID"])


def customer(address, **more):
    return api("POST", "/customers", {"email": address, **more})["customer"]["id"]


def write(address):
    whose = customer(address)
    return whose, api("POST", f"/customers/{whose}/mails", {"subject": "Hello", "body": "One."})["id"]


state = lambda entry: api("GET", f"/entries/{entry}")["sending"]["state"]
grey = write("grey@shop.example")
nobody, listed, cut = write("nobody@shop.example"), write("listed@shop.example"), write("cut@shop.example")
until("who is refused for good failed", lambda: state(nobody[1]) == "failed" and state(listed[1]) == "failed")
holds("whom the server does not know is marked", "there is no such mailbox" in page(f"/customers/{nobody[0]}/conversations"))
holds("a refusal of the sender marks nobody", "Try the address again" in page(f"/customers/{nobody[0]}/conversations") and "Try the address again" not in page(f"/customers/{listed[0]}/conversations"))
until("a line that is cut behind the last byte leaves it unknown", lambda: state(cut[1]) == "unknown")
stream = page(f"/customers/{cut[0]}/conversations")
holds("the stream says so, and what to do", "Perhaps sent" in stream and "Ask the receiver" in stream and "Send it again" in stream)
until("a refusal for now waits", lambda: state(grey[1]) == "queued")

# --- calls ---------------------------------------------------------------------------------------------------------------

token = "0123456789abcdef0123456789abcdef"
shop = api("GET", "/shops")["data"][0]["id"]
hook = desk + api("POST", "/phone-accounts", {"shop": shop, "token": token})["webhook_path"]
caller = customer("caller@shop.example", phone="+34 612 345 678")
signer = RequestValidator(token)


def tell(fields, signature):
    request = u.Request(hook, p.urlencode(fields).encode(), {"X-Twilio-Signature": signature})
    try:
        return u.urlopen(request, timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code


call = {"CallSid": "CA" + "1" * 32, "From": "+34612345678", "To": "+34911234567", "CallStatus": "completed", "Direction": "inbound", "CallDuration": "65", "CallerName": "Zoë & Söhne = 1"}
signature = signer.compute_signature(hook, call)
holds("twilio's library finds its own signature valid", signer.validate(hook, call, signature))
holds("a call that is told with it is taken, and told twice too", [tell(call, signature), tell(call, signature)] == [204, 204])
calls = lambda: api("GET", f"/customers/{caller}/entries?kind=call")["data"]
holds("and stands once in the stream", [(c["outcome"], c["seconds"]) for c in calls()] == [("answered", 65)], str(calls()))
holds("altered, unsigned or of another token it is refused",
    [tell({**call, "CallSid": "CA" + "2" * 32}, signature), tell(call, ""), tell(call, RequestValidator("f" * 32).compute_signature(hook, call))] == [403] * 3)
holds("and leaves nothing", len(calls()) == 1)

# --- ten thousand, killed in the middle ----------------------------------------------------------------------------------

with open(f"{folder}/many.csv", "w") as file:
    file.write("Name,Email\n")
    file.writelines(f"Person {n},person.{n}@many.example\n" for n in range(many))
process.terminate()
process.wait(60)
cli("import", f"{folder}/many.csv")
process = start()
template = api("POST", "/templates", {"shop": shop, "name": "News", "subject": "News for {{ customer.name }}", "body": "Hello {{ customer.name }}."})["id"]
post.kill = lambda: os.kill(process.pid, signal.SIGKILL)
post.kill_at = [(when, many * n // 10) for n, when in enumerate(["behind", "before", "behind", "before", "behind"], 1)]
kills, began = len(post.kill_at), time.monotonic()
mailing = api("POST", "/mailings", {"template": template, "query": "q=many.example", "per_minute": 60000})
holds("a mailing to all of them begins", mailing["total"] == many, str(mailing["total"]))
died, counts, end = 0, {}, time.monotonic() + 600
while time.monotonic() < end:
    if process.poll() is not None:
        died += 1
        # The ten minutes for which a dead worker holds a mail, and the minute for which it holds a job, go by.
        sql("UPDATE mail_queue SET lease_until = 1 WHERE lease_until > 1")
        sql("UPDATE job_queue SET lease_until = 1 WHERE lease_until > 1")
        process = start()
    try:
        seen = api("GET", f"/mailings/{mailing['id']}")
        counts = seen["counts"]
        if seen["state"] == "done" and counts["queued"] == 0:
            break
    except (OSError, RuntimeError):
        pass
    time.sleep(0.5)
print(f"-- {post.total} mails in {time.monotonic() - began:.0f} s, killed {died} times", flush=True)
holds("the process died as often as it was killed", died == kills, str(died))
lines, after = [], ""
while True:
    some = api("GET", f"/mailings/{mailing['id']}/lines?limit=100{after}")
    lines += some["data"]
    if not some.get("next"):
        break
    after = "&after=" + p.quote(some["next"])
outcomes = collections.Counter(line["outcome"] for line in lines)
holds("every customer has one outcome", len(lines) == many and len({json.dumps(line["customer"]) for line in lines}) == many, str(len(lines)))
holds("unknown is what died in the hand, and all others were sent", outcomes == {"sent": many - kills, "unknown": kills}, str(outcomes))
got = {to: len(mails) for to, mails in post.taken.items() if to.endswith("@many.example")}
holds("nobody got two", set(got.values()) == {1}, str(collections.Counter(got.values())))
holds("nobody is missing but who was in the hand before the server had it", many - len(got) == 2, str(many - len(got)))
shown = page(f"/mailings/{mailing['id']}")
holds("the page says how many are unknown", "Unknown" in shown, shown[:200])
holds("the mails are signed, the last as the first", all(genuine(post.taken[to][0]) for to in (list(got)[0], list(got)[-1])))

until("who was greylisted got it later, once", lambda: len(post.taken["grey@shop.example"]) == 1 and state(grey[1]) == "sent", 90)
holds("what may have arrived was not sent again by itself", len(post.taken["cut@shop.example"]) == 1 and state(cut[1]) == "unknown")
api("POST", f"/entries/{cut[1]}/retries")
until("but when somebody asks for it", lambda: len(post.taken["cut@shop.example"]) == 2 and state(cut[1]) == "sent")
process.terminate()
process.wait(60)
smtp.stop()
cli("verify")  # ends all when something contradicts itself
holds("nothing contradicts itself", True)
complaints = [line for line in open(f"{folder}/desk.log", errors="replace") if re.search("panicked|ERROR", line)]
holds("the desk did not complain", not complaints, "".join(complaints[:5]))
open(f"{folder}/count", "w").write(f"{passed} passed\n{failed} failed\n")
sys.exit(1 if failed else 0)
