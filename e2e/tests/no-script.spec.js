import { expect, test } from '../support/test.js';
import { counter, createCustomer, names, openList, rows, tick } from '../support/customers.js';

test.use({ javaScriptEnabled: false });

test('with JavaScript off one finds, opens, edits, archives and brings back a customer', async ({ page }) => {
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
  await page.locator('[data-bulk]').getByRole('button', { name: /^Archive/ }).first().click();
  await page.getByRole('main').getByRole('button', { name: /^Archive/ }).click();
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click();
  await openList(page, 'view=all&q=plain@example.com');
  expect(await counter(page)).toBe(1);
});
