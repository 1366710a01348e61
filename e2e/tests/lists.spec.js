// Payments, disputes, subscriptions and orders: the same list page as of customers.
import { accessible, expect, test } from '../support/test.js';

const rows = (page) => page.locator('tbody.rows tr');
const counted = async (page) => {
  await expect(page.locator('#count')).toHaveText(/match/);
  return Number((await page.locator('#count').innerText()).match(/[\d,]+/)[0].replace(/\D/g, ''));
};

async function open(page, path, title) {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
}

test('a payment is found while typing, by a filter and by a view, and refunded from its row', async ({ page }) => {
  await open(page, '/', 'Home');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Payments' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Payments');
  await accessible(page);
  const all = await counted(page);
  await expect(page.locator('#count')).toContainText('received');

  const name = await rows(page).locator('td[data-label=Customer] a').first().innerText();
  await page.getByRole('main').getByRole('searchbox').pressSequentially(name);
  await expect.poll(() => counted(page)).toBeLessThan(all);
  await expect(rows(page).first()).toContainText(name);

  await open(page, '/payments?view=all', 'Payments');
  const menu = page.getByRole('main').locator('details').filter({ has: page.locator('summary', { hasText: /^Status$/ }) });
  await menu.locator('summary').click();
  const option = menu.locator('label').filter({ hasText: 'Failed' });
  const promised = Number((await option.locator('.count').innerText()).replace(/\D/g, ''));
  await option.locator('input').check();
  await expect.poll(() => counted(page)).toBe(promised);
  await expect(page.getByRole('link', { name: 'Remove Status: Failed' })).toBeVisible();

  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Refunded' }).click();
  expect(await counted(page)).toBeGreaterThan(0);
  await open(page, '/payments?view=all', 'Payments');
  await page.getByRole('link', { name: 'Refund', exact: true }).first().click();
  await expect(page.getByRole('dialog').getByRole('button', { name: /^Refund/ })).toBeVisible();
  await accessible(page);
});

test('ticked payments leave as a file', async ({ page }) => {
  await open(page, '/payments?view=all', 'Payments');
  await rows(page).nth(0).getByRole('checkbox').check();
  await rows(page).nth(1).getByRole('checkbox').check();
  await expect(page.locator('[data-selected]')).toHaveText('2 selected');
  await page.locator('[data-bulk]').getByRole('button', { name: 'Export' }).click();
  await expect(page.getByText('The 2 selected payments')).toBeVisible();
  await accessible(page);
  const file = page.waitForEvent('download');
  await page.getByRole('main').getByRole('button', { name: 'Export' }).click();
  expect((await file).suggestedFilename()).toMatch(/^payments-.*\.csv$/);
});

test('disputes, subscriptions and orders sort, turn the page and come back as they were left', async ({ page }) => {
  await open(page, '/disputes?view=all', 'Disputes');
  await accessible(page);
  expect(await counted(page)).toBeGreaterThan(0);
  await open(page, '/subscriptions?view=all', 'Subscriptions');
  await accessible(page);
  const head = page.getByRole('columnheader', { name: /Next payment date/ });
  await head.getByRole('link').click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await open(page, '/orders?view=all', 'Orders');
  const first = await rows(page).first().locator('[data-main]').innerText();
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(rows(page).first().locator('[data-main]')).not.toHaveText(first);
  await page.getByRole('link', { name: 'Previous' }).click();
  await expect(rows(page).first().locator('[data-main]')).toHaveText(first);
  await page.goto('/subscriptions');
  await expect(page).toHaveURL(/sort=next/);
});

for (const [window, viewport] of Object.entries({ desk: { width: 1280, height: 900 }, telephone: { width: 360, height: 740 } })) {
  for (const colorScheme of ['light', 'dark']) {
    test.describe(`${window}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport });
      test('every list is without a barrier and fits', async ({ page }) => {
        for (const path of ['/payments?view=all', '/payments?q=zzzz', '/disputes?view=all', '/subscriptions?view=all', '/orders?view=all', '/payments/export?view=all', '/payments/views/new']) {
          await page.goto(path);
          await accessible(page);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect(over, path).toBe(0);
          if (process.env.LISTS_PICTURES) await page.screenshot({ path: `${process.env.LISTS_PICTURES}/${window}-${colorScheme}-${path.replace(/\W+/g, '_')}.png` });
        }
      });
    });
  }
}
