// With JavaScript off: links and forms alone.
import { readFileSync } from 'node:fs';
import { expect, test } from '../support/test.js';
import { counter, createCustomer, names, openList, rows, tick } from '../support/customers.js';

test.use({ javaScriptEnabled: false });

const bulk = (page, name) => page.locator('[data-bulk]').getByRole('button', { name, exact: true }).click();

test('one finds, opens, creates, edits, archives and brings back a customer', async ({ page }) => {
  await openList(page);
  const all = await counter(page);
  const [someone] = await names(page);
  await page.getByRole('main').getByRole('searchbox').fill(someone.split(/\s+/).at(-1));
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
  expect(await counter(page)).toBeLessThan(all);
  await rows(page).first().locator('[data-main]').click();
  await expect(page).toHaveURL(/\/customers\/cus_/);

  const path = await createCustomer(page, { 'E-mail': 'plain@example.com' });
  await page.goto(`${path}/edit`);
  await page.getByLabel('Company', { exact: true }).fill('Plain Ltd');
  await page.getByRole('button', { name: 'Save and close' }).click();
  await expect(page.getByRole('main')).toContainText('Plain Ltd');

  await openList(page, 'view=all&q=plain@example.com');
  await tick(page, 1);
  await bulk(page, 'Archive');
  await expect(page.getByRole('main')).toContainText('1 customer will be archived.');
  await page.getByRole('main').getByRole('button', { name: /^Archive/ }).click();
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click();
  await openList(page, 'view=all&q=plain@example.com');
  expect(await counter(page)).toBe(1);
});

test('one filters, sorts and turns the page', async ({ page }) => {
  await openList(page);
  const menu = page.getByRole('main').locator('details').filter({ has: page.locator('summary', { hasText: /^Status$/ }) });
  await menu.locator('summary').click();
  const option = menu.locator('label').filter({ hasText: 'Prospect' });
  const promised = Number((await option.locator('.count').innerText()).replace(/\D/g, ''));
  await option.getByRole('checkbox').check();
  await menu.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/status=prospect/);
  expect(await counter(page)).toBe(promised);

  const head = page.getByRole('columnheader', { name: /Created/ });
  const before = await names(page);
  await head.getByRole('link', { name: /Created/ }).click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await expect(page).toHaveURL(/status=prospect/);
  const sorted = await names(page);
  expect(sorted).not.toEqual(before);

  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByRole('main')).toContainText(/26\s*[–-]\s*50/);
  await page.getByRole('link', { name: 'Previous' }).click();
  expect(await names(page)).toEqual(sorted);
});

test('all that match get a tag by a job, and its page comes to the end by itself', async ({ page }) => {
  test.setTimeout(90_000);
  await openList(page, 'view=all&status=prospect');
  const many = await counter(page);
  await tick(page, 1);
  await page.getByLabel(/^all .* that match$/).check();
  await page.locator('[data-bulk] .bulk summary').click();
  await bulk(page, 'Add tags');
  await page.getByLabel('New tags').fill('by-hand');
  await page.getByRole('main').getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('main')).toContainText(`${many.toLocaleString('en-GB')} customers will be`);
  await page.locator('main .button.main').click();
  await expect(page).toHaveURL(/\/jobs\/job_/);
  await expect(page.locator('#job .head .state')).toHaveText('Done', { timeout: 60_000 });
  await openList(page, 'view=all');
  const menu = page.getByRole('main').locator('details').filter({ has: page.locator('summary', { hasText: /^Tag$/ }) });
  await menu.locator('summary').click();
  await menu.getByLabel('by-hand').check();
  await menu.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('link', { name: 'Remove Tag: by-hand' })).toBeVisible();
  expect(await counter(page)).toBe(many);
});

test('one takes the list away as a file', async ({ page }) => {
  await openList(page, 'view=all&status=churned');
  const many = await counter(page);
  await page.getByRole('main').getByRole('link', { name: 'Export' }).click();
  const coming = page.waitForEvent('download');
  await page.getByRole('main').getByRole('button', { name: 'Export' }).click();
  const text = readFileSync(await (await coming).path(), 'utf8');
  const lines = text.replace(/"(?:[^"]|"")*"/g, 'x').trim().split(/\r?\n/);
  expect(lines.length - 1).toBe(many);
});
