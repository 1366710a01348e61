import { expect, test } from '../support/test.js';
import { openList, rows } from '../support/customers.js';

test('the keys do what the help says', async ({ page }) => {
  await openList(page);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.keyboard.press('/');
  await expect(page.getByRole('main').getByRole('searchbox')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 1 }).click();

  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(rows(page).nth(1).locator('[data-main]')).toBeFocused();
  await page.keyboard.press('k');
  await expect(rows(page).nth(0).locator('[data-main]')).toBeFocused();
  await page.keyboard.press('x');
  await expect(rows(page).nth(0).getByRole('checkbox')).toBeChecked();

  await page.keyboard.press('Control+k');
  await expect(page.getByRole('banner').getByRole('searchbox')).toBeFocused();
});

test('c makes a new customer, e edits one', async ({ page }) => {
  await openList(page);
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/\/customers\/new/);
  await openList(page);
  await rows(page).first().locator('[data-main]').click();
  await page.waitForURL(/\/customers\/cus_/);
  await page.keyboard.press('e');
  await expect(page).toHaveURL(/\/edit/);
});
