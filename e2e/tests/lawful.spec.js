// Clean and lawful: one person kept twice becomes one and two again; one who asks is forgotten, and a pair that is none is remembered.
import { accessible, expect, test } from '../support/test.js';
import { createCustomer, openList } from '../support/customers.js';

const twice = async (page) => [
  await createCustomer(page, { 'First name': 'Ana', 'Last name': 'Ruiz', 'E-mail': 'ana.ruiz@example.es' }, { anyway: true }),
  await createCustomer(page, { 'First name': 'Anna', 'Last name': 'Ruiz', 'E-mail': 'anna@example.es' }, { anyway: true }),
];

test('the opened customer goes into the chosen one, its address leads there, and it can be undone', async ({ page }) => {
  const [stays, goes] = await twice(page);
  await page.goto(goes);
  await page.getByLabel('More actions').first().click();
  await page.getByRole('link', { name: 'Merge', exact: true }).click();
  await page.getByLabel('Customer that remains').fill('ana.ruiz');
  await accessible(page);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('listitem').getByRole('link', { name: /Ana Ruiz/ }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Merge Anna Ruiz into Ana Ruiz?');
  await accessible(page);
  await page.getByRole('radio', { name: /^Anna/ }).first().check();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.waitForURL((url) => url.pathname === stays);
  await expect(page.getByRole('main')).toContainText('Anna Ruiz');
  await page.goto(goes);
  expect(new URL(page.url()).pathname, 'the old address leads to the survivor').toBe(stays);
  await openList(page, 'q=anna@example.es');
  await expect(page.locator('[data-rows] tr:has([data-main])')).toHaveCount(1);

  await page.goto(stays);
  await page.getByRole('button', { name: /Undo/ }).first().click();
  await page.goto(goes);
  expect(new URL(page.url()).pathname).toBe(goes);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Anna Ruiz');
  await page.goto(stays);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Ana Ruiz');
});

test('one who asked is anonymised: no page shows the name again, and the receipt says what went', async ({ page }) => {
  const [path] = await twice(page);
  await page.goto(`${path}/anonymise`);
  await accessible(page);
  await page.getByRole('button', { name: /^Anonymise/ }).click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await page.getByLabel('Type ANONYMISE to confirm').fill('ANONYMISE');
  await page.getByRole('button', { name: /^Anonymise/ }).click();
  await expect(page.getByRole('main')).toContainText('Anonymised customer');
  await page.goto(path);
  for (const word of ['Ruiz', 'ana.ruiz']) await expect(page.locator('body')).not.toContainText(word);
  await page.getByRole('link', { name: 'What was cleared and what was kept' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Receipt of an erasure');
  await accessible(page);
  await openList(page, 'q=ana.ruiz@example.es&view=all');
  await expect(page.locator('[data-rows] tr:has([data-main])')).toHaveCount(0);
});

test('duplicates are looked for, a pair is called none, and is offered again', async ({ page }) => {
  await createCustomer(page, { 'First name': 'Wilhelmina', 'Last name': 'Featherstonehaugh', 'E-mail': 'wf@example.org', Phone: '+44 20 7946 0123' });
  await createCustomer(page, { 'First name': 'Wilhelmina', 'Last name': 'Featherstonhaugh', 'E-mail': 'wilhelmina@example.net', Phone: '+44 20 7946 0123' }, { anyway: true });
  await page.goto('/customers/duplicates');
  await accessible(page);
  await page.getByRole('button', { name: 'Find duplicates' }).click();
  const pair = page.getByRole('heading', { name: /Featherston/ });
  await expect(async () => {
    await page.goto('/customers/duplicates');
    await expect(pair).toBeVisible({ timeout: 500 });
  }).toPass();
  await accessible(page);
  await page.getByRole('button', { name: /^Not a duplicate: .*Featherston/ }).click();
  await expect(pair).toHaveCount(0);
  await page.goto('/customers/duplicates?state=not_duplicate');
  await page.getByRole('button', { name: /^Offer again: .*Featherston/ }).click();
  await page.goto('/customers/duplicates');
  await expect(pair).toBeVisible();
});
