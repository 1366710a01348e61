import { accessible, expect, fits, test } from '../support/test.js';
import { openList, rows } from '../support/customers.js';

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
