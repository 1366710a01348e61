"""What bin/test-kills judges on one engine: DATABASE_URL names the database, the argument a folder of its own."""
import collections, csv, http.cookiejar, http.server, io, json, os, random, re, signal, socket, sqlite3, subprocess, sys, threading, time
import urllib.error, urllib.parse as p, urllib.request as u

folder, binary, database = sys.argv[1], os.environ["REGULARS_BIN"], os.environ["DATABASE_URL"]
many, invoices, clients = int(os.environ["REGULARS_ROWS"]), int(os.environ["REGULARS_INVOICES"]), 50
seed = int(os.environ.get("REGULARS_SEED", time.time()))
chance = random.Random(seed)
print(f"-- chance from REGULARS_SEED={seed}", flush=True)
failed = passed = 0


def holds(what, is_so, told=""):
    global passed, failed
    passed, failed = passed + bool(is_so), failed + (not is_so)
    print("holds:" if is_so else "FAILED:", what, "" if is_so else str(told)[:600], flush=True)


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# --- the desk, and what becomes of it ------------------------------------------------------------------------------------

port = free()
desk = f"http://127.0.0.1:{port}"
# Deliveries go to this machine: the one thing that a desk in the world refuses.
open(f"{folder}/regulars.toml", "w").write(f'base_url = "{desk}"\nwebhooks_local = true\n')
env = {**os.environ, "REGULARS_DATA": folder, "REGULARS_CONFIG": f"{folder}/regulars.toml", "RUST_LOG": "error", "NO_COLOR": "1"}
log = open(f"{folder}/desk.log", "ab")
process, died, later = None, 0, ""
# Not behind the program of that name: it stays in front of its child, and a kill would hit it alone.
faketime = subprocess.run(["faketime", "-f", "+0d", "printenv", "LD_PRELOAD"], capture_output=True, text=True, check=True).stdout.strip()


def cli(*words):
    done = subprocess.run([binary, *words], env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"regulars {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def start():
    global process
    moved = {**env, "LD_PRELOAD": faketime, "FAKETIME": later, "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"} if later else env
    process = subprocess.Popen([binary, "serve", "--port", str(port)], env=moved, stdout=log, stderr=log)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if u.urlopen(desk + "/readyz", timeout=2).status == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the desk did not open: " + open(f"{folder}/desk.log", errors="replace").read()[-600:])


def stop():
    process.terminate()
    process.wait(60)


def sql(*said):
    """Said to the database itself, while the desk is dead."""
    if database.startswith("postgres"):
        subprocess.run(["psql", "--no-psqlrc", "-q", "-d", database, "-c", ";".join(said)], check=True)
    else:
        with sqlite3.connect(database, timeout=10) as db:
            for one in said:
                db.execute(one)


def kill():
    """As a power cut would. The minutes for which a dead worker holds its work go by at once."""
    global died
    process.send_signal(signal.SIGKILL)
    process.wait()
    died += 1
    sql(*(f"UPDATE {table} SET lease_until = 1 WHERE lease_until > 1" for table in ("job_queue", "webhook_endpoints", "imports")))
    start()


def api(method, path, body=None, *, kind="application/json", once=None, raw=False):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
    if once:
        headers["Idempotency-Key"] = once
    data = None if method == "GET" else body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    while True:
        try:
            with u.urlopen(u.Request(f"{desk}/api/v1{path}", data, headers, method=method), timeout=60) as answer:
                read = answer.read()
                return read if raw else json.loads(read or b"{}")
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()[:400]}") from None
            time.sleep(float(error.headers.get("Retry-After", 1)))


def rows(path):
    """All of a list, page after page."""
    found, after, mark = [], "", "&" if "?" in path else "?"
    while True:
        some = api("GET", f"{path}{mark}limit=200{after}")
        found += some["data"]
        if not some.get("next"):
            return found
        after = "&after=" + p.quote(some["next"])


ENDED = ("done", "failed", "cancelled", "undone")


hit = 0


def killed_until_done(path, kills=3, pause=(0.0, 0.15)):
    """Waits for what works in the background, and kills the desk in the middle of it. Gives what it ended as."""
    global hit
    end, fell = time.monotonic() + 300, 0
    while time.monotonic() < end:
        time.sleep(chance.uniform(*pause))
        seen = api("GET", path)
        if seen["state"] in ENDED:
            print(f"   killed {fell} times", flush=True)
            hit += fell > 0
            return seen
        if fell < kills:
            kill()
            fell += 1
    raise SystemExit(f"{path} never ended: {seen}")


def total(query):
    return api("GET", "/customers/counts?" + query)["total"]


# --- a receiver of webhooks ----------------------------------------------------------------------------------------------

heard = collections.Counter()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        heard[self.headers["webhook-id"]] += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer.request_queue_size = 64  # a round of messages knocks at once
receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()

# --- a house of our own: a demo sends nothing to anybody -----------------------------------------------------------------

browser = u.build_opener(u.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def page(path, form=None):
    data = p.urlencode(form, True).encode() if form is not None else None
    with browser.open(u.Request(desk + path, data, {"Origin": desk, "Sec-Fetch-Site": "same-origin"}), timeout=60) as answer:
        return answer.read().decode()


start()
page("/set-up", {"name": "Olivia", "email": "olivia@example.com", "password": "three blue tea cups", "merchant": "Roastery", "currency": "EUR",
    "time_zone": "Europe/Paris", "country": "FR", "shop": "Online"})
rights = re.findall(r'name="rights"[^>]*value="([^"]+)"', page("/settings/api-keys/new"))
key = re.search(r"rk_live_[\w-]+", page("/settings/api-keys/new", {"name": "kills", "rights": rights})).group()
shop = api("GET", "/shops")["data"][0]["id"]
api("PUT", "/invoice-settings", {**api("GET", "/invoice-settings"), "seller": {"name": "Roastery", "vat_number": "FR83404833048", "address": {"line1": "1 rue de la Paix", "zip": "75002", "city": "Paris", "country": "FR"}}})
api("POST", "/provider-accounts", {"shop": shop, "provider": "test"})

# --- a file is imported, and taken back ----------------------------------------------------------------------------------


def as_csv(named):
    out = io.StringIO()
    csv.writer(out).writerows([["Email", "Name", "Company"], *([f"person.{n}@kill.example", f"{named} {n}", "Kill & Sons"] for n in range(many))])
    return out.getvalue().encode()


def brought(file, content):
    """Uploads, says that the columns are right, and runs it."""
    made = api("POST", f"/imports?name={file}", content, kind="text/csv")
    path = f"/imports/{made['id']}"
    wait_for(path, "checked", "uploaded")
    if api("GET", path)["state"] == "uploaded":
        api("POST", path + "/check")
        wait_for(path, "checked")
    api("POST", path + "/run")
    return path


def wait_for(path, *states):
    end = time.monotonic() + 60
    while (seen := api("GET", path))["state"] not in states:
        if time.monotonic() > end:
            raise SystemExit(f"{path} did not come to {states}: {seen}")
        time.sleep(0.05)


ours = "q=kill.example"
end_before = total("")
ended = killed_until_done(brought("first.csv", as_csv("Person")))
holds("an import goes on where it was", ended["state"] == "done", ended)
holds("each row of it is one customer", ended["counts"]["created"] == many and total(ours) == many, (ended["counts"], total(ours)))


def exported():
    made = api("POST", "/exports", {"list": "customers", "query": ours, "format": "csv"}, raw=True)
    return made


before = exported()
path = brought("second.csv", as_csv("Another"))
ended = killed_until_done(path)
holds("an import that changes them goes on where it was", ended["state"] == "done" and ended["counts"]["changed"] == many, ended["counts"])
holds("and changed them all", exported().count(b"Another ") == many)
api("POST", path + "/undo")
ended = killed_until_done(path)
holds("taking it back goes on where it was", ended["state"] == "undone", ended)
holds("and every customer is as before, to the byte", exported() == before)

# --- group actions and their undo ----------------------------------------------------------------------------------------


def run(action, query=ours, **more):
    return "/jobs/" + api("POST", "/customers/bulk", {"action": action, "query": query, **more})["job"]


def one_outcome(job, number, outcome="done"):
    lines = rows(job["path"] + "/rows")
    return len(lines) == len({line["subject"] for line in lines}) == number and {line["outcome"] for line in lines} == {outcome}


def group_action(action, query=ours, number=None, **more):
    path = run(action, query, **more)
    ended = killed_until_done(path)
    ended["path"] = path
    number = many if number is None else number
    holds(f"{action}: goes on where it was, one outcome for each customer", ended["state"] == "done" and ended["done"] == number and one_outcome(ended, number),
        (ended, collections.Counter(line["outcome"] for line in rows(path + "/rows"))))
    return ended


api("POST", "/customers/bulk", {"action": "add_tags", "query": "q=person.1", "tags": ["kept"]})
wait_until_quiet = lambda: [wait_for("/jobs/" + job["id"], *ENDED) for job in rows("/jobs") if job["state"] not in ENDED]
wait_until_quiet()


def tagged(name):
    tag = next((t["id"] for t in api("GET", "/tags")["data"] if t["name"] == name), None)
    return total(f"{ours}&tag={tag}") if tag else 0


kept = tagged("kept")
since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
ended = group_action("add_tags", tags=["kept", "killed"])
holds("all have the tags", tagged("kept") == tagged("killed") == many)
undone = "/jobs/" + api("POST", ended["path"] + "/undo")["id"]
back = killed_until_done(undone)
holds("undo goes on where it was", back["state"] == "done", back)
holds("who had the tag before has it still, and nobody else", (tagged("kept"), tagged("killed")) == (kept, 0) and kept > 0)
ended = group_action("archive")
holds("all are archived", total(ours + "&status=archived") == many)
group_action("unarchive", ours + "&status=archived")
holds("and none any more", total(ours) == many)
few = "q=person.11"
some = total(few)
for action, query in (("delete", few), ("restore", few + "&status=deleted")):
    api("POST", "/customers/bulk", {"action": action, "query": query})
    wait_until_quiet()

# --- what is worked out for all ------------------------------------------------------------------------------------------

for change, kind in (({"active_days": 30}, "N days"), ({"currency": "GBP"}, "the merchant's currency")):
    api("PATCH", "/merchant", change)
    newest = rows("/jobs")[0]
    ended = killed_until_done(f"/jobs/{newest['id']}")
    holds(f"after a change of {kind} all are worked out anew, killed or not", ended["state"] == "done", (newest, ended))
    stop()
    cli("verify")
    start()
    holds("and nothing contradicts itself", True)

# Two files of the same people under other addresses: each is a likely duplicate.
pairs = {(pair["a"]["id"], pair["b"]["id"]) if isinstance(pair["a"], dict) else (pair["a"], pair["b"]) for pair in rows("/duplicates")}
found = killed_until_done("/jobs/" + api("POST", "/duplicates/runs")["id"])
again = killed_until_done("/jobs/" + api("POST", "/duplicates/runs")["id"], kills=0)
holds("a search for duplicates that was killed finds what an undisturbed one finds", found["state"] == again["state"] == "done" and found["result"] == again["result"], (found, again))

# --- webhooks are told again ---------------------------------------------------------------------------------------------

endpoint = api("POST", "/webhook-endpoints", {"url": f"http://127.0.0.1:{receiver.server_port}/", "events": ["customer.restored"]})["id"]
until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 5))
ended = killed_until_done("/jobs/" + api("POST", f"/webhook-endpoints/{endpoint}/replays", {"from": since, "until": until, "all": True})["job"])
end, fell = time.monotonic() + 180, 0
while time.monotonic() < end and (waiting := api("GET", f"/webhook-endpoints/{endpoint}/deliveries?state=waiting&limit=1")["data"]):
    time.sleep(0.5)
    if fell < 3:
        kill()
        fell += 1
told = rows(f"/webhook-endpoints/{endpoint}/deliveries")
holds("a replay goes on where it was", ended["state"] == "done", ended)
holds("each event has one delivery, and arrived", len(told) == len({d["event"] for d in told}) == len(heard) == some > 0 and not waiting, (len(told), len(heard), len(waiting)))

# --- invoices by many at once --------------------------------------------------------------------------------------------

people = [row["id"] for row in api("GET", f"/customers?{ours}&per=50")["data"]]
numbers, tried, lock, left = {}, collections.Counter(), threading.Lock(), iter(range(invoices))


def insist(method, path, body, once):
    """What a good client does: the same request with the same key until it is answered."""
    while True:
        try:
            return api(method, path, body, once=once)
        except (OSError, RuntimeError, json.JSONDecodeError) as error:
            if isinstance(error, RuntimeError) and not re.search(r": (409|425|429|503|507) ", str(error)):
                raise
            with lock:
                tried[type(error).__name__] += 1
            time.sleep(0.05)


def client(me):
    while True:
        with lock:
            n = next(left, None)
        if n is None:
            return
        draft = insist("POST", "/invoices", {"customer": people[me % len(people)], "lines": [{"title": f"Line {n}", "quantity": "1", "unit_price": f"{n}.50", "rate": "20", "category": "standard"}], "prices": "net"}, f"draft-{seed}-{n}")
        issued = insist("POST", f"/invoices/{draft['id']}/issue", {}, f"issue-{seed}-{n}")
        with lock:
            numbers[n] = issued["number"]


first_number = len([i for i in rows("/invoices?kind=invoice") if i["number"]])
threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
began, fell = time.monotonic(), 0
[t.start() for t in threads]
while any(t.is_alive() for t in threads):
    time.sleep(0.2)
    if len(numbers) > invoices * (fell + 1) // 6 and fell < 5:
        kill()
        fell += 1
print(f"-- {invoices} invoices by {clients} clients in {time.monotonic() - began:.0f} s, killed {fell} times; asked again: {dict(tried)}", flush=True)
issued = [i for i in rows("/invoices?kind=invoice") if i["number"]]
series = collections.defaultdict(list)
for i in issued:
    head, tail = re.fullmatch(r"(.*?)(\d+)", i["number"]).groups()
    series[head].append(int(tail))
holds("every client got a number, each its own", len(numbers) == len(set(numbers.values())) == invoices, (len(numbers), len(set(numbers.values()))))
holds("the books hold these and no others", len(issued) - first_number == invoices, (len(issued), first_number))
holds("no series has a gap or a number twice", all(sorted(n) == list(range(min(n), max(n) + 1)) for n in series.values()), {h: (len(n), min(n), max(n)) for h, n in series.items()})
holds("the desk died in the middle of it", fell == 5, fell)

# --- subscriptions fall due, all on one day ------------------------------------------------------------------------------

tomorrow = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 36 * 3600))
subscribed = {}
for customer in [row["id"] for row in api("GET", f"/customers?{ours}&per=100")["data"]]:
    card = api("POST", f"/customers/{customer}/methods", {"provider": "test", "method": {"kind": "card", "brand": "visa", "last4": "4242"}})["id"]
    made = api("POST", f"/customers/{customer}/subscriptions", {"name": "Beans", "amount": 700, "currency": "EUR", "cycle_unit": "year", "cycle_count": 5, "shop": shop, "method": card, "start": tomorrow})
    subscribed[made["id"]] = customer
stop()
later, fell = "+3d", 0
start()
end = time.monotonic() + 120
while time.monotonic() < end:
    time.sleep(chance.uniform(0.05, 0.4))
    charged = [x for x in rows("/payments?provider=test") if x["status"] == "settled"]
    if len(charged) >= len(subscribed):
        break
    if fell < 4:
        kill()
        fell += 1
print(f"   killed {fell} times", flush=True)
periods = {s: [x["state"] for x in rows(f"/subscriptions/{s}/periods")] for s in subscribed}
by_customer = collections.Counter(x["customer"] for x in rows("/payments?provider=test"))
holds("renewals go on where they were: each subscription is charged once", fell and by_customer == collections.Counter(subscribed.values()), (fell, collections.Counter(by_customer.values())))
holds("and each has one paid period", all(states.count("paid") == 1 for states in periods.values()), collections.Counter(map(tuple, periods.values())))

# --- forgotten, by hand and by a rule ------------------------------------------------------------------------------------

erased = "status=anonymised"
number = api("POST", "/customers/bulk/preview", {"action": "anonymise", "query": "q=person.12"})["will"]
path = run("anonymise", "q=person.12")
ended = killed_until_done(path)
holds("anonymising many goes on where it was", ended["state"] == "done" and total(erased) == number > 0, (ended, total(erased), number))
stop()
later = "+2500d"
start()
for one in api("GET", "/retention"):
    api("PUT", f"/retention/{one['shop']}", {"months": 24})
will = api("GET", "/retention/preview")["will"]
ended = killed_until_done("/jobs/" + api("POST", "/retention/run")["job"], kills=5)
holds("a retention rule goes on where it was", ended["state"] == "done" and will > many // 2, (ended, will))
holds("and forgets as many as it said", total(erased) == number + will, (total(erased), number, will))
receipts = [json.dumps(api("GET", f"/customers/{row['id']}/erasure")) for row in api("GET", f"/customers?{erased}&per=50")["data"]]
holds("each has a receipt of its own", len(set(receipts)) == 50)
stop()
cli("verify")
holds("nothing contradicts itself", True)
complaints = [line for line in open(f"{folder}/desk.log", errors="replace") if re.search("panicked|ERROR", line)]
holds("the desk did not complain", not complaints, "".join(complaints[:5]))
print(f"-- killed {died} times in all", flush=True)
holds("most jobs died in the middle", hit >= 8, hit)
open(f"{folder}/count", "w").write(f"{passed} passed\n{failed} failed\n")
sys.exit(1 if failed else 0)
