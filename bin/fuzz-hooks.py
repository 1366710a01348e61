"""What bin/test-api adds to the fuzzer.

Run by itself (URL KEY FOLDER) it makes the keys and walks through everything that can be read, and notes the ids. Loaded by schemathesis it puts such ids where a
generated text would only ever be 404, sends mail as it stands on the wire, and holds 403 against the scopes that the description names."""

import json
import os
import pathlib
import re
import sys
import urllib.error
import urllib.request
import zlib

ID = re.compile(r"^[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}$")
PLAIN = re.compile(r"^[A-Za-z0-9_-]+$")
MOST = 60
# What no list names.
GIVEN = {"currency": ["EUR", "DKK", "USD", "XXX"], "day": ["2026-01-02", "2025-12-31"], "email": ["nobody@example.com"], "a": "customers", "b": "customers",
         "survivor": "customers", "source": "customers", "subject": "customers", "merge": "merges"}


class Known:
    """Ids, by the collection they stand in (customers) and by the name of the field that points to them (customer)."""

    def __init__(self, pools):
        self.pools = pools

    def note(self, name, value):
        pool = self.pools.setdefault(name, [])
        if value not in pool and len(pool) < MOST:
            pool.append(value)

    def read(self, collection, value, name=None):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "id" and isinstance(inner, str):
                    self.note(name or collection, inner)
                else:
                    self.read(collection, inner, key)
        elif isinstance(value, list):
            for inner in value:
                self.read(collection, inner, None if name == "data" else name)
        elif isinstance(value, str) and name and ID.match(value):
            self.note(name, value)

    def of(self, name, seed):
        given = GIVEN.get(name)
        if isinstance(given, list):
            return given[seed % len(given)]
        for word in (given or name, name + "s", name.removesuffix("_id"), name.removesuffix("_id") + "s"):
            if pool := self.pools.get(word):
                return pool[seed % len(pool)]
        return None


def places(path):
    """(collection, parameter) of each {parameter} of a path."""
    parts = path.split("/")
    return [(parts[n - 1], part[1:-1]) for n, part in enumerate(parts) if part.startswith("{") and part.endswith("}")]


def prepare(url, key, folder):
    def ask(method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url + path, data, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())
        except (urllib.error.HTTPError, ValueError):
            return None

    (folder / "owner.key").write_text(key)
    scopes = {"owner": ask("GET", "/api/v1/me")["scopes"]}
    for member in ask("GET", "/api/v1/staff")["data"]:
        scopes.setdefault(member["role"], member["rights"])
    for role, rights in [*scopes.items(), ("nobody", ["audit"])]:
        if role != "owner":
            (folder / f"{role}.key").write_text(ask("POST", "/api/v1/api-keys", {"name": role, "scopes": rights})["secret"])
    (folder / "scopes.json").write_text(json.dumps({**scopes, "nobody": []}))

    known = Known({})
    reads = [path for path, item in ask("GET", "/api/v1/openapi.json")["paths"].items() if "get" in item and not path.endswith((".json", "/pdf", "/csv"))]
    for path in sorted(reads, key=lambda p: p.count("{")):
        for seed in range(8 if "{" in path else 1):
            filled = path
            for collection, name in places(path):
                found = known.of(collection, seed * 5 + 1)
                filled = filled.replace("{" + name + "}", found or "", 1) if found else ""
            if filled and (answer := ask("GET", filled)) is not None:
                known.read(path.rsplit("/", 1)[-1], answer)
    known.pools.pop("id", None)
    (folder / "known.json").write_text(json.dumps(known.pools))
    print(f"{sum(map(len, known.pools.values()))} ids of {len(known.pools)} kinds, keys for {', '.join(scopes)} and one that may nothing")


if __name__ == "__main__":
    prepare(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]))
    sys.exit()

import schemathesis  # noqa: E402

FOLDER = pathlib.Path(os.environ["FUZZ_FOLDER"])
KNOWN = Known(json.loads((FOLDER / "known.json").read_text()))
SCOPES = set(json.loads((FOLDER / "scopes.json").read_text())[os.environ["FUZZ_AS"]])


@schemathesis.serializer("message/rfc822")
def mail(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()


def real(value, often, *names):
    """A real id instead of most texts; the same text always gives the same one."""
    seed = zlib.crc32(f"{names} {value}".encode("utf-8", "replace"))
    if not isinstance(value, str) or ID.match(value) or seed % 16 >= often:
        return value
    return next((found for name in names if (found := KNOWN.of(name, seed // 16))), value)


def within(value, name=None):
    if isinstance(value, dict):
        return {key: within(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [within(inner, "customers" if name == "ids" else name) for inner in value]
    return real(value, 12, name) if name else value


@schemathesis.hook
def before_call(ctx, case, **kwargs):
    for collection, name in places(case.operation.path):
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = real(case.path_parameters[name], 15, collection, name)
    for name, value in list((case.query or {}).items()):
        case.query[name] = real(value, 12, name)
    if isinstance(case.body, (dict, list)):
        case.body = within(case.body)


@schemathesis.check
def scope(ctx, response, case):
    """Without the scope that the description names it is 403, whatever was sent."""
    needed = {one for way in case.operation.definition.raw.get("security", []) for one in way.get("key", [])}
    plain = all(PLAIN.match(str(value)) for value in (case.path_parameters or {}).values())
    keyed = f"{response.request.headers.get('Authorization', '')}".startswith("Bearer rk_live_")
    if needed - SCOPES and plain and keyed and case.method.upper() == case.operation.method.upper():
        assert response.status_code == 403, f"{response.status_code} without the scope {', '.join(sorted(needed - SCOPES))}"
