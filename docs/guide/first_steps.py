"""First steps with the API of Regulars. Needs Python 3.9 and nothing else.

    KEY=rk_live_… API=http://127.0.0.1:8080/api/v1 python3 first_steps.py
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

API = os.environ.get("API", "http://127.0.0.1:8080/api/v1")
KEY = os.environ["KEY"]


class Problem(Exception):
    """An answer that says no: `code` names why, `errors` the fields."""

    def __init__(self, status, problem):
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')} {problem.get('errors', '')}")
        self.status, self.code = status, problem.get("code")


def call(method, path, body=None, once=None):
    """One call: the answer as Python has it. `once` makes repeating it harmless."""
    headers = {"Authorization": f"Bearer {KEY}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if once:
        headers["Idempotency-Key"] = once
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise Problem(error.code, json.loads(error.read() or b"{}")) from None
    return json.loads(text) if text else None


def pages(path, **query):
    """Every row of a list, page by page: `next` of one page is `after` of the following."""
    while True:
        page = call("GET", f"{path}?{urllib.parse.urlencode(query)}")
        yield from page["data"]
        if not page.get("next"):
            return
        query["after"] = page["next"]


def is_genuine(secret, headers, body):
    """Is this message of a webhook ours? `body`: the bytes as they came."""
    id, at = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > 300:
        return False
    key = base64.b64decode(secret[len("whsec_"):])
    mac = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    good = "v1," + base64.b64encode(mac).decode()
    return any(hmac.compare_digest(good, one) for one in headers["webhook-signature"].split(" "))


def customer():
    """Makes a customer, twice with one Idempotency-Key: there is one; then finds them."""
    email, once = f"ana.{uuid.uuid4().hex[:8]}@example.com", str(uuid.uuid4())
    new = {"email": email, "name": "Ana Ruiz"}
    first, again = (call("POST", "/customers", new, once)["customer"] for _ in range(2))
    assert first["id"] == again["id"]
    found = call("GET", f"/customers/lookup?{urllib.parse.urlencode({'email': email})}")
    assert found["id"] == first["id"]
    print("customer", found["id"], found["name"])
    return found


def order(buyer):
    """Records an order of the shop, a transfer that pays it, and gives a part back."""
    shop = call("GET", "/shops")["data"][0]
    done = call("POST", "/checkouts", {
        "shop": shop["id"],
        "external_id": f"web-{uuid.uuid4().hex[:8]}",  # the shop's own id: sent again, it is the same order
        "currency": shop["currency"],
        "buyer": {"customer": buyer["id"]},
        "lines": [{"sku": "COF-250", "title": "Coffee, 250 g", "quantity": "2", "unit_price": "12.95"}],
    })
    payment = call("POST", "/payments", {"order": done["order"], "amount": 2590, "kind": "transfer"}, str(uuid.uuid4()))
    print("payment", payment["id"], payment["amount"]["decimal"], payment["amount"]["currency"])
    refunded = call("POST", f"/payments/{payment['id']}/refunds", {"amount": 1295, "reason": "One bag was torn"}, str(uuid.uuid4()))
    print("left to refund", refunded["refundable"]["decimal"])
    try:
        call("POST", f"/payments/{payment['id']}/refunds", {"amount": 999_999})
    except Problem as problem:
        print("refused", problem.status, problem.code)


def webhook():
    """Is told of an event, and checks that it is genuine. A server in service sends to the public internet alone; this wants `webhooks_local = true`."""
    got = queue.Queue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            got.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        made = call("POST", "/webhook-endpoints", {"url": f"http://127.0.0.1:{server.server_port}/hooks", "events": ["customer.*"]})
    except Problem as problem:
        print("no webhook to this machine:", problem)
        return
    call("POST", f"/webhook-endpoints/{made['id']}/test")
    headers, body = got.get(timeout=60)
    print("webhook", json.loads(body)["type"], "genuine" if is_genuine(made["secret"], headers, body) else "forged")
    print("altered", "genuine" if is_genuine(made["secret"], headers, body + b" ") else "forged")
    call("DELETE", f"/webhook-endpoints/{made['id']}")


if __name__ == "__main__":
    ana = customer()
    for _ in range(3):
        order(ana)
    print("orders", sum(1 for _ in pages("/orders", limit=2)))
    webhook()
