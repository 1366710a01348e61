// A German reader: the words stay English, dates and amounts are written as Germans write them, and typed so too.
import { expect, test } from '../support/test.js';
import { createCustomer, openList, rows } from '../support/customers.js';

test.use({ locale: 'de-DE' });

test('dates and amounts are those of the reader, on the list, the profile and in the portal', async ({ page, desk, browser }) => {
  await openList(page, 'view=top100');
  const first = rows(page).first();
  await expect(first).toContainText(/\d{1,3}(\.\d{3})*,\d{2}\u00a0[€£]/);
  await expect(first.locator('time').first()).toHaveText(/^\d{2}\.\d{2}\.\d{4}$/);
  await expect(first.locator('time').first()).toHaveAttribute('datetime', /^\d{4}-\d{2}-\d{2}/);
  await first.locator('[data-main]').click();
  await expect(page.locator('.figures')).toContainText(/,\d{2}\u00a0[€£]/);
  await expect(page.getByText('Lifetime value').first()).toBeVisible();
  const portal = await browser.newContext({ baseURL: desk.url, locale: 'de-DE', storageState: { cookies: [], origins: [] } });
  const door = await portal.newPage();
  await door.goto('/portal/kilde');
  await expect(door.getByRole('button').first()).toBeVisible();
  await portal.close();
});

test('one’s own setting counts more than the browser', async ({ page }) => {
  await page.goto('/account');
  await page.getByLabel('Dates and numbers').selectOption('en-US');
  await page.getByRole('button', { name: 'Save look' }).click();
  await openList(page, 'view=top100');
  await expect(rows(page).first()).toContainText(/€\d{1,3}(,\d{3})*\.\d{2}/);
  await expect(rows(page).first().locator('time').first()).toHaveText(/^[A-Z][a-z]{2} \d{1,2}, \d{4}$/);
  await page.goto('/account');
  await page.getByLabel('Dates and numbers').selectOption('');
  await page.getByRole('button', { name: 'Save look' }).click();
});

test('an amount is typed with a comma; what can mean two is refused beside its field', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'komma@example.com' });
  const grant = async (amount) => {
    await page.goto(`${path}/credit/grant`);
    await page.getByLabel('Amount').fill(amount);
    await page.getByLabel('Reason').fill('a late parcel');
    await page.getByRole('button', { name: /^Grant/ }).click();
  };
  await grant('1,234');
  await expect(page.locator('#f-amount-error')).toContainText('two ways');
  await grant('1.012,50');
  await page.goto(path);
  await expect(page.locator('.figures')).toContainText('1.012,50\u00a0€');
});
