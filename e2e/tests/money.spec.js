import { accessible, expect, test } from '../support/test.js';
import { createCustomer } from '../support/customers.js';

test('an order is made, paid by hand and refunded, and the customer’s value follows', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'buyer@example.com' });
  await page.goto(`${path}/orders/new`);
  await accessible(page);
  await page.getByLabel('Sold by').selectOption({ label: 'Kilde Web Shop (EUR)' });
  await page.getByLabel('Title', { exact: true }).fill('Filter paper');
  await page.getByLabel('Quantity', { exact: true }).fill('2');
  await page.getByLabel('Unit price', { exact: true }).fill('12.50');
  await page.getByRole('main').getByRole('button', { name: 'Create order' }).last().click();
  await page.waitForURL(/\/orders\/ord_/);
  await expect(page.getByRole('main')).toContainText('25.00');
  await accessible(page);

  await page.getByRole('link', { name: 'Mark as paid' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Record 25.00 EUR' }).click();
  await expect(page.getByText('Paid', { exact: true }).first()).toBeVisible();
  await page.goto(`${path}/payments`);
  await expect(page.getByRole('main')).toContainText('25.00');
  await expect(page.getByText('Active', { exact: true }).first()).toBeVisible();

  await refund(page, '10.00');
  await page.goto(path);
  await expect(figure(page, 'Lifetime value')).toContainText('15.00');

  await page.goto(`${path}/payments`);
  await refund(page, '15.01');
  await expect(page.getByRole('alert').first()).toContainText('15.00');
  await page.goto(path);
  await expect(figure(page, 'Lifetime value')).toContainText('15.00');
});

const figure = (page, name) => page.locator('dl.figures > div').filter({ hasText: name });

async function refund(page, amount) {
  await page.getByRole('link', { name: 'Refund' }).first().click();
  await page.getByLabel('Amount', { exact: true }).fill(amount);
  await accessible(page);
  await page.getByRole('button', { name: /^Refund/ }).click();
}

test('an order goes to another address, and its invoice is withdrawn only by somebody who read what that means', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'mover@example.com' });
  await page.goto(`${path}/orders/new`);
  await page.getByLabel('Sold by').selectOption({ label: 'Kilde Web Shop (EUR)' });
  await page.getByLabel('Title', { exact: true }).fill('Kettle');
  await page.getByLabel('Quantity', { exact: true }).fill('1');
  await page.getByLabel('Unit price', { exact: true }).fill('40');
  await page.getByRole('main').getByRole('button', { name: 'Create order' }).last().click();
  await page.waitForURL(/\/orders\/ord_/);

  await page.getByRole('link', { name: 'Edit addresses' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: /^Addresses of order/ })).toBeVisible();
  await accessible(page);
  await dialog.getByLabel('Street', { exact: true }).fill('Nørregade 12');
  await dialog.getByLabel('Country', { exact: true }).selectOption('DK');
  await dialog.getByRole('button', { name: 'Save addresses' }).click();
  await expect(page.getByRole('main')).toContainText('Nørregade 12');

  await page.getByRole('button', { name: 'Make invoice' }).click();
  await page.waitForURL(/\/invoices\/ivc_/);
  await page.getByRole('button', { name: 'Issue invoice' }).click();
  const more = page.locator('main summary[aria-label="More actions"]');
  await more.click();
  await page.getByRole('link', { name: 'Withdraw invoice' }).click();
  await expect(page.getByRole('dialog')).toContainText('is not asked for any more');
  await accessible(page);
  await page.keyboard.press('Escape');
  await expect(more).toBeFocused();
  await expect(page.getByText('Open', { exact: true }).first()).toBeVisible();
  await more.click();
  await page.getByRole('link', { name: 'Withdraw invoice' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw invoice' }).click();
  await expect(page.getByText('Void', { exact: true }).first()).toBeVisible();
});
