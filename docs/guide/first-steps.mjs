// First steps with the API of Regulars. Needs Node 20 and nothing else.
//
//     KEY=rk_live_… API=http://127.0.0.1:8080/api/v1 node first-steps.mjs

import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const API = process.env.API ?? "http://127.0.0.1:8080/api/v1";
const KEY = process.env.KEY;

/** An answer that says no: `code` names why, `errors` the fields. */
class Problem extends Error {
  constructor(status, problem) {
    super(`${status} ${problem.code}: ${problem.detail} ${JSON.stringify(problem.errors ?? "")}`);
    Object.assign(this, { status, code: problem.code });
  }
}

/** One call: the answer as an object. `once` makes repeating it harmless. */
async function call(method, path, body, once) {
  const headers = { Authorization: `Bearer ${KEY}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (once) headers["Idempotency-Key"] = once;
  const answer = await fetch(API + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  const read = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Problem(answer.status, read ?? {});
  return read;
}

/** Every row of a list, page by page: `next` of one page is `after` of the following. */
async function* pages(path, query) {
  for (;;) {
    const page = await call("GET", `${path}?${new URLSearchParams(query)}`);
    yield* page.data;
    if (!page.next) return;
    query = { ...query, after: page.next };
  }
}

/** Is this message of a webhook ours? `body`: a Buffer of the bytes as they came. */
function isGenuine(secret, headers, body) {
  const id = headers["webhook-id"], at = headers["webhook-timestamp"];
  if (Math.abs(Date.now() / 1000 - Number(at)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const good = createHmac("sha256", key).update(`${id}.${at}.`).update(body).digest();
  return headers["webhook-signature"].split(" ").some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ""), "base64");
    return given.length === good.length && timingSafeEqual(given, good);
  });
}

/** Makes a customer, twice with one Idempotency-Key: there is one; then finds them. */
async function customer() {
  const email = `ana.${randomUUID().slice(0, 8)}@example.com`, once = randomUUID();
  const first = (await call("POST", "/customers", { email, name: "Ana Ruiz" }, once)).customer;
  const again = (await call("POST", "/customers", { email, name: "Ana Ruiz" }, once)).customer;
  const found = await call("GET", `/customers/lookup?${new URLSearchParams({ email })}`);
  if (first.id !== again.id || found.id !== first.id) throw new Error("one customer was expected");
  console.log("customer", found.id, found.name);
  return found;
}

/** Records an order of the shop, a transfer that pays it, and gives a part back. */
async function order(buyer) {
  const shop = (await call("GET", "/shops")).data[0];
  const done = await call("POST", "/checkouts", {
    shop: shop.id,
    external_id: `web-${randomUUID().slice(0, 8)}`, // the shop's own id: sent again, it is the same order
    currency: shop.currency,
    buyer: { customer: buyer.id },
    lines: [{ sku: "COF-250", title: "Coffee, 250 g", quantity: "2", unit_price: "12.95" }],
  });
  const payment = await call("POST", "/payments", { order: done.order, amount: 2590, kind: "transfer" }, randomUUID());
  console.log("payment", payment.id, payment.amount.decimal, payment.amount.currency);
  const refunded = await call("POST", `/payments/${payment.id}/refunds`, { amount: 1295, reason: "One bag was torn" }, randomUUID());
  console.log("left to refund", refunded.refundable.decimal);
  await call("POST", `/payments/${payment.id}/refunds`, { amount: 999_999 }).catch((problem) => console.log("refused", problem.status, problem.code));
}

/** Is told of an event, and checks that it is genuine. A server in service sends to the public internet alone; this wants `webhooks_local = true`. */
async function webhook() {
  let arrived;
  const message = new Promise((resolve) => (arrived = resolve));
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      response.writeHead(204).end();
      arrived({ headers: request.headers, body: Buffer.concat(parts) });
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const made = await call("POST", "/webhook-endpoints", { url: `http://127.0.0.1:${server.address().port}/hooks`, events: ["customer.*"] });
    await call("POST", `/webhook-endpoints/${made.id}/test`);
    const { headers, body } = await message;
    const say = (bytes) => (isGenuine(made.secret, headers, bytes) ? "genuine" : "forged");
    console.log("webhook", JSON.parse(body).type, say(body));
    console.log("altered", say(Buffer.concat([body, Buffer.from(" ")])));
    await call("DELETE", `/webhook-endpoints/${made.id}`);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    console.log("no webhook to this machine:", problem.message);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const ana = await customer();
for (let n = 0; n < 3; n += 1) await order(ana);
let orders = 0;
for await (const _ of pages("/orders", { limit: 2 })) orders += 1;
console.log("orders", orders);
await webhook();
