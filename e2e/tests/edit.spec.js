import { accessible, expect, test } from '../support/test.js';
import { createCustomer, openList, counter } from '../support/customers.js';

test('an e-mail address alone makes a customer', async ({ page }) => {
  await page.goto('/customers/new');
  await accessible(page);
  await createCustomer(page, { 'E-mail': 'only.an.address@example.com' });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('only.an.address@example.com');
  await expect(page.getByText('Prospect').first()).toBeVisible();
  await openList(page, 'view=all&q=only.an.address');
  expect(await counter(page)).toBe(1);
});

test('what is wrong with a form is told beside the field and above it', async ({ page }) => {
  await page.goto('/customers/new');
  await page.getByLabel('E-mail', { exact: true }).evaluate((field) => (field.type = 'text'));
  await page.getByLabel('E-mail', { exact: true }).fill('not an address');
  const answer = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: 'Save and close' }).click();
  expect((await answer).status()).toBe(422);
  await expect(page.getByRole('alert').first()).toBeFocused();
  await expect(page.getByLabel('E-mail', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('E-mail', { exact: true })).toHaveValue('not an address');
  await accessible(page);
});

test('a likely duplicate is pointed out', async ({ page }) => {
  await createCustomer(page, { 'E-mail': 'twice@example.com' });
  await page.goto('/customers/new');
  await page.getByLabel('E-mail', { exact: true }).fill('Twice@example.com');
  await page.getByRole('button', { name: 'Save and close' }).click();
  await expect(page.getByRole('alert')).toContainText('customer already');
  await expect(page.getByRole('link', { name: 'twice@example.com' })).toBeVisible();
  await accessible(page);
  await page.getByLabel('Create anyway').check();
  await page.getByRole('button', { name: 'Save and close' }).click();
  await page.waitForURL(/\/customers\/cus_/);
  await openList(page, 'view=all&q=twice@example.com');
  expect(await counter(page)).toBe(2);
});

test('of two people who edit one customer the second sees what changed and chooses', async ({ page, context }) => {
  const path = await createCustomer(page, { 'E-mail': 'shared@example.com' });
  const other = await context.newPage();
  await page.goto(`${path}/edit`);
  await accessible(page);
  await other.goto(`${path}/edit`);

  await other.getByLabel('Company', { exact: true }).fill('Theirs Ltd');
  await other.getByRole('button', { name: 'Save and close' }).click();
  await other.waitForURL((url) => url.pathname === path);

  await page.getByLabel('Company', { exact: true }).fill('Mine Ltd');
  await page.getByRole('button', { name: 'Save and close' }).click();
  const choice = page.getByRole('group', { name: 'Changed meanwhile' });
  await expect(choice).toContainText('Theirs Ltd');
  await expect(choice).toContainText('Mine Ltd');
  await accessible(page);
  await other.goto(path);
  await expect(other.getByRole('main')).toContainText('Theirs Ltd');

  await choice.getByLabel('Mine Ltd').check();
  await page.getByRole('button', { name: 'Save and close' }).click();
  await page.waitForURL((url) => url.pathname === path);
  await expect(page.getByRole('main')).toContainText('Mine Ltd');
  await other.close();
});

test('a name that would be a script is only a name', async ({ page }) => {
  const name = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>';
  page.on('dialog', (dialog) => expect(dialog.message(), 'a script ran').toBeNull());
  await createCustomer(page, { 'E-mail': 'script@example.com', 'Display name': name });
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
  await openList(page, 'view=all&q=script@example.com');
  await expect(page.getByRole('main')).toContainText(name);
});
