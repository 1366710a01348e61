import { accessible, expect, test } from '../support/test.js';
import { createCustomer } from '../support/customers.js';

test('a subscription starts, pauses, goes on and ends, and each step is asked about first', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'member@example.com' });
  await page.goto(`${path}/subscriptions`);
  await page.getByRole('link', { name: 'Start a subscription' }).click();
  await expect(page.getByLabel('Start date')).toBeVisible();
  await accessible(page);
  await expect(page.getByLabel('Amount', { exact: true }), 'a plan brings its own price').toBeHidden();
  await page.getByLabel('Plan').selectOption('');
  await page.getByLabel('Name', { exact: true }).fill('Beans of the month');
  await page.getByLabel('Shop', { exact: true }).selectOption({ index: 1 });
  await page.getByLabel('Amount', { exact: true }).fill('19.90');
  await page.getByRole('button', { name: 'Start subscription' }).click();
  await page.goto(`${path}/subscriptions`);
  const row = page.getByRole('row', { name: /Beans of the month/ });
  await expect(row).toContainText('19.90');
  const press = async (word) => {
    await row.getByRole('link', { name: new RegExp(`^${word}`) }).click();
    await accessible(page);
    await page.getByRole('main').or(page.getByRole('dialog')).getByRole('button', { name: new RegExp(`^${word}`) }).last().click();
    await page.goto(`${path}/subscriptions`);
  };
  await press('Pause');
  await expect(row).toContainText('Paused');
  await press('Resume');
  await expect(row).not.toContainText('Paused');
  await press('Cancel');
  await expect(row).toContainText(/Ended|Ends/);
});
