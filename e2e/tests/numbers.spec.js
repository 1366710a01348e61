// Fifty clients raise invoices while the server is killed again and again: numbers without a gap, none twice.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/test.js';

// REGULARS_E2E_INVOICES=10000 is the long run.
const many = Number(process.env.REGULARS_E2E_INVOICES ?? 400);
const clients = 50;
const kills = 4;

test('invoices have numbers without a gap, whoever asks and however often the server dies', async ({ desk }) => {
  test.setTimeout(120_000 + many * 100);
  const config = join(desk.folder, 'fast.toml');
  writeFileSync(config, 'api_per_minute = 1000000\n');
  await desk.stop();
  await desk.start('--config', config);

  /** Sends until somebody answers: the server may be gone, or not yet back. The key makes a second sending harmless. */
  const send = async (path, body) => {
    const again = randomUUID();
    for (;;) {
      const answer = await fetch(desk.url + path, {
        method: 'POST',
        headers: { Authorization: `Bearer ${desk.key}`, 'Content-Type': 'application/json', 'Idempotency-Key': again },
        body: JSON.stringify(body),
      }).catch(() => null);
      const said = answer && (await answer.json().catch(() => null));
      if (said && answer.status < 500 && answer.status !== 429) {
        expect(answer.status, JSON.stringify(said)).toBeLessThan(300);
        return said;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const ask = async (path) => (await fetch(desk.url + path, { headers: { Authorization: `Bearer ${desk.key}` } })).json();

  const customer = (await ask('/api/v1/customers?per=25&status=active')).data[0].id;
  const line = { title: 'Filter paper', quantity: '1', unit_price: '4.00' };
  const numbers = [];
  let left = many;
  const client = async () => {
    while (left-- > 0) {
      const draft = await send('/api/v1/invoices', { customer, lines: [line] });
      numbers.push((await send(`/api/v1/invoices/${draft.id}/issue`, {})).number);
    }
  };
  const work = Promise.all(Array.from({ length: clients }, client));
  for (let n = 1; n <= kills; n++) {
    await expect.poll(() => numbers.length, { intervals: [5], timeout: 60_000 + many * 20 }).toBeGreaterThanOrEqual((many * n) / (kills + 2));
    await desk.stop('SIGKILL');
    await desk.start('--config', config);
  }
  await work;

  expect(numbers).toHaveLength(many);
  const last = (text) => Number(text.match(/\d+$/)[0]);
  const sorted = numbers.map(last).sort((a, b) => a - b);
  expect(sorted, 'each number once, one after the other').toEqual(Array.from({ length: many }, (_, i) => sorted[0] + i));
  desk.cli('verify');
});
