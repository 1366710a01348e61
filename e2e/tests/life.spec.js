// Archive, delete, and what brings a customer back.
import { accessible, expect, test } from '../support/test.js';
import { counter, createCustomer, openList, rows } from '../support/customers.js';

const toast = (page) => page.locator('.toasts');

/** Out of the menu of the customer's page. */
async function act(page, name) {
  const menu = page.getByRole('main').locator('details.menu').filter({ has: page.getByLabel('More actions') });
  await menu.locator('summary').click();
  await menu.getByRole('button', { name, exact: true }).click();
}

const remove = (page) => page.getByRole('main').getByRole('button', { name: 'Delete customer' }).first().click();

test('archiving takes a customer from the list, and Undo brings it back', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'archived@example.com' });
  await act(page, 'Archive');
  await expect(toast(page)).toContainText(/archived/i);
  await accessible(page);
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await page.goto(path);
  await expect(page.getByText('Prospect').first()).toBeVisible();

  await act(page, 'Archive');
  await openList(page, 'view=all&q=archived@example.com');
  expect(await counter(page)).toBe(0);
  await openList(page, 'view=all&q=archived@example.com&status=archived');
  expect(await counter(page)).toBe(1);
});

test('a deleted customer can be restored, and one without ties deleted for good', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'deleted@example.com' });
  await remove(page);
  await expect(toast(page)).toContainText(/deleted/i);
  await page.goto(path);
  await expect(page.getByText('Deleted').first()).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).first().click();
  await page.goto(path);
  await expect(page.getByText('Prospect').first()).toBeVisible();

  await remove(page);
  await page.goto(path);
  await page.getByRole('link', { name: 'Delete permanently' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Delete deleted@example.com permanently' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith(path));
  expect((await page.goto(path)).status()).toBe(404);
});

test('who has orders is not deleted for good, and the links are shown', async ({ page }) => {
  await openList(page, 'view=top100');
  await rows(page).nth(22).locator('[data-main]').click();
  await page.waitForURL(/\/customers\/cus_/);
  const path = new URL(page.url()).pathname;
  await remove(page);
  await page.goto(`${path}/delete-permanently`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Can’t delete');
  await expect(page.getByRole('main').getByRole('link', { name: /^Order/ }).first()).toBeVisible();
  await accessible(page);
  const forced = await page.request.post(`${path}/delete-permanently`, { headers: { 'sec-fetch-site': 'same-origin' } });
  expect(forced.status()).toBe(409);
});

test('a subscriber is archived only when one says how the subscription ends', async ({ page }) => {
  await openList(page, 'view=all&status=subscriber');
  await rows(page).first().locator('[data-main]').click();
  await page.waitForURL(/\/customers\/cus_/);
  const path = new URL(page.url()).pathname;
  await act(page, 'Archive');
  await expect(page.getByRole('main')).toContainText(/subscription/i);
  await accessible(page);
  await page.getByLabel('Now', { exact: true }).check();
  await page.getByRole('button', { name: 'Cancel subscription and archive' }).click();
  await page.goto(path);
  await expect(page.getByText('Archived').first()).toBeVisible();
});
