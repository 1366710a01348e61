// Pulled out of the socket in the middle: what was begun ends right, once, and nothing is half done.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/test.js';
import { counter, openList } from '../support/customers.js';

// The page asks again and again how far the job is; while the server is away, the browser says that nobody answers.
test.use({ expectConsole: [/ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE|Failed to fetch|status of 4\d\d/] });

test('everybody is archived once, also when the server is killed half way', async ({ page, desk }) => {
  test.setTimeout(180_000);
  await openList(page, 'view=all&status=archived');
  const before = await counter(page);
  await openList(page);
  const asked = await counter(page);
  await page.locator('[data-all]').check();
  await page.locator('[data-every]').check();
  await page.locator('[data-bulk]').getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('main').getByRole('button', { name: /^Archive/ }).click();
  await page.waitForURL(/\/jobs\/job_/);
  const job = new URL(page.url()).pathname;

  const far = page.locator('#job').getByRole('status');
  await expect(far).toHaveText(/^[1-9]/, { timeout: 30_000 });
  await desk.stop('SIGKILL');
  await desk.start();

  // The port is another one, and the page of before cannot know.
  await expect(async () => {
    await page.goto(desk.url + job);
    await expect(page.locator('#job .head .state')).toHaveText('Done', { timeout: 2_000 });
  }).toPass({ timeout: 120_000 });
  const tabs = await page.getByRole('navigation', { name: 'Outcomes' }).getByRole('link').allInnerTexts();
  const outcomes = Object.fromEntries(tabs.map((tab) => [tab.match(/^[^\d]+/)[0].trim(), Number(tab.replace(/\D/g, ''))]));
  expect(outcomes.All, 'each customer has one result').toBe(asked);

  await page.goto(`${desk.url}/customers?view=all&status=archived`);
  const archived = (await counter(page)) - before;
  await page.goto(`${desk.url}/customers?view=all`);
  const left = await counter(page);
  expect(archived).toBeGreaterThan(0);
  expect(archived + left, 'archived, or left as they were').toBe(asked);
  await page.goto(`${desk.url}/customers?view=all&status=subscriber`);
  expect(await counter(page), 'only who has a live subscription is left').toBe(left);
  desk.cli('verify');
});

test('an import that is killed half way goes on and brings each customer once', async ({ page, desk }) => {
  test.setTimeout(180_000);
  const many = 20_000;
  const file = join(desk.folder, 'many.csv');
  const lines = Array.from({ length: many }, (_, i) => `Person ${i},person.${i}@survive.example,+44 20 7946 ${String(i).padStart(5, '0')}`);
  writeFileSync(file, ['Name,Email,Phone', ...lines, ''].join('\n'));
  const here = async () => {
    const words = await (await page.request.get('/customers?view=all&q=survive.example')).text();
    return Number(words.match(/id="count"[^>]*>([\d.,]+)/)?.[1].replace(/\D/g, '') ?? 0);
  };

  const first = desk.begin('import', file);
  await expect.poll(here, { intervals: [20], timeout: 60_000 }).toBeGreaterThan(0);
  first.kill();
  const said = await first.ended;
  expect(said, 'it was not done yet').not.toContain('is done');
  expect(await here()).toBeLessThan(many);

  await expect(async () => desk.cli('import', file)).toPass({ timeout: 60_000, intervals: [1_000] });
  await expect.poll(here).toBe(many);
  expect(desk.cli('import', file), 'the same file again').toContain(`created 0, changed 0, unchanged ${many}, failed 0`);
  desk.cli('verify');

  await desk.stop('SIGKILL');
  await desk.start();
  await page.goto(`${desk.url}/customers?view=all&q=survive.example`);
  expect(await counter(page)).toBe(many);
});
