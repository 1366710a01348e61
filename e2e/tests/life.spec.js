// Archive, delete, and what brings a customer back.
import { accessible, expect, test } from '../support/test.js';
import { counter, createCustomer, openList, rows } from '../support/customers.js';

const toast = (page) => page.locator('.toasts');

async function act(page, name) {
  await page.getByRole('main').locator('details.menu').last().locator('summary').click();
  await page.getByRole('main').getByRole('button', { name }).or(page.getByRole('main').getByRole('link', { name })).first().click();
}

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
  await page.getByRole('button', { name: 'Delete customer' }).or(page.getByRole('link', { name: 'Delete customer' })).first().click();
  await expect(toast(page)).toContainText(/deleted/i);
  await page.goto(path);
  await expect(page.getByText('Deleted').first()).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).first().click();
  await page.goto(path);
  await expect(page.getByText('Prospect').first()).toBeVisible();

  await page.getByRole('button', { name: 'Delete customer' }).or(page.getByRole('link', { name: 'Delete customer' })).first().click();
  await page.goto(path);
  await page.getByRole('main').getByRole('link', { name: /Delete permanently/ }).or(page.getByRole('main').getByRole('button', { name: /Delete permanently/ })).first().click();
  await accessible(page);
  await page.getByRole('button', { name: /Delete .*permanently|for good/ }).first().click();
  await page.waitForURL((url) => !url.pathname.startsWith(path));
  expect((await page.goto(path)).status()).toBe(404);
});

test('who has orders is not deleted for good, and the links are shown', async ({ page }) => {
  await openList(page, 'view=top100');
  await rows(page).nth(30).locator('[data-main]').click();
  await page.waitForURL(/\/customers\/cus_/);
  const path = new URL(page.url()).pathname;
  const answer = await page.request.post(`${path}/delete-permanently`, { headers: { 'sec-fetch-site': 'same-origin' } });
  expect([404, 409]).toContain(answer.status());
});
