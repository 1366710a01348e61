import { accessible, expect, test } from '../support/test.js';
import { createCustomer } from '../support/customers.js';

test('an order is made, paid by hand and refunded, and the customer’s value follows', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'buyer@example.com' });
  await page.goto(`${path}/orders/new`);
  await accessible(page);
  await page.getByLabel('Article').or(page.getByLabel('Title')).first().fill('Filter paper');
  await page.getByLabel('Quantity').first().fill('2');
  await page.getByLabel(/Unit price|Price/).first().fill('12.50');
  await page.getByRole('button', { name: /^(Create|Save|Place)/ }).last().click();
  await page.waitForURL(/\/orders\/ord_/);
  await expect(page.getByRole('main')).toContainText('25.00');
  await accessible(page);

  await page.getByRole('main').getByRole('button', { name: /Mark.* paid/ }).or(page.getByRole('main').getByRole('link', { name: /Mark.* paid/ })).first().click();
  const confirm = page.getByRole('button', { name: /Record|Mark as paid/ });
  if (await confirm.count()) await confirm.first().click();
  await page.goto(`${path}/payments`);
  await expect(page.getByRole('main')).toContainText('25.00');
  await expect(page.getByText('Active').first()).toBeVisible();

  await page.getByRole('link', { name: 'Refund' }).or(page.getByRole('button', { name: 'Refund' })).first().click();
  await page.getByLabel('Amount').fill('10.00');
  await accessible(page);
  await page.getByRole('button', { name: /^Refund/ }).last().click();
  await page.goto(path);
  await expect(page.getByRole('main')).toContainText('15.00');

  await page.goto(`${path}/payments`);
  await page.getByRole('link', { name: 'Refund' }).or(page.getByRole('button', { name: 'Refund' })).first().click();
  await page.getByLabel('Amount').fill('15.01');
  await page.getByRole('button', { name: /^Refund/ }).last().click();
  await expect(page.getByRole('main')).toContainText(/15.00/);
  await page.goto(path);
  await expect(page.getByRole('main')).toContainText('15.00');
});
