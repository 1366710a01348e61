import { accessible, expect, fits, test } from '../support/test.js';
import { createCustomer, openList, rows } from '../support/customers.js';

test.use({ viewport: { width: 360, height: 740 } });

test('home, list, customer and form fit 360 pixels', async ({ page }) => {
  await page.goto('/');
  await fits(page);
  await accessible(page);
  await openList(page);
  await fits(page);
  await accessible(page);
  await rows(page).first().locator('[data-main]').click();
  await page.waitForURL(/\/customers\/cus_/);
  await fits(page);
  await accessible(page);
  await page.goto('/customers/new');
  await fits(page);
  await accessible(page);
});

test('the sheet with the rooms opens and leads on', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Customers' }).click();
  await expect(page).toHaveURL(/\/customers/);
});

test('a stranger’s endless subject and an endless name burst no page', async ({ page }) => {
  const long = 'https://shop.example/' + 'a'.repeat(150);
  const path = await createCustomer(page, { 'E-mail': 'endless@example.com', Company: long });
  await page.goto(`/tickets/new?customer=${path.split('/').pop()}`);
  await page.getByLabel('Subject', { exact: true }).fill(long);
  await page.getByRole('main').getByRole('button', { name: 'Make ticket' }).click();
  await page.waitForURL(/\/tickets\/(?!new)/);
  await fits(page);
  for (const at of ['/tickets', path, `${path}/edit`, `${path}/anonymise`, `${path}/conversations`, `${path}/mails/new`, `${path}/offers`]) {
    await page.goto(at);
    await fits(page);
  }
});
