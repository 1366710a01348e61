// One picture of every page at two widths and in two themes. Judges nothing but that the page came.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../support/test.js';
import { rows } from '../support/customers.js';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
mkdirSync(folder, { recursive: true });

/** A page's name in the folder, and how a person comes to it. */
const pages = {
  home: (page) => page.goto('/'),
  customers: (page) => page.goto('/customers?view=all'),
  'customers-filtered': (page) => page.goto('/customers?view=all&status=subscriber&status=active'),
  customer: (page) => profile(page),
  'customer-orders': (page) => profile(page, '/orders'),
  'customer-payments': (page) => profile(page, '/payments'),
  'customer-guest-payments': (page) => profile(page, '/guest-payments'),
  'customer-timeline': (page) => profile(page, '/timeline'),
  'customer-new': (page) => page.goto('/customers/new'),
  'customer-edit': (page) => profile(page, '/edit'),
  orders: (page) => page.goto('/orders'),
  jobs: (page) => page.goto('/jobs'),
  settings: (page) => page.goto('/settings'),
  account: (page) => page.goto('/account'),
};

async function profile(page, topic = '') {
  await page.goto('/customers?view=top100');
  const address = await rows(page).first().locator('[data-main]').getAttribute('href');
  return page.goto(address.replace(/\?.*/, '') + topic);
}

for (const [name, open] of Object.entries(pages)) {
  test(name, async ({ page }) => {
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : 860 });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const answer = await open(page);
        expect(answer.status()).toBe(200);
        await page.screenshot({ path: `${folder}${name}-${width}-${colorScheme}.png` });
      }
    }
  });
}

test('sign-in', async ({ stranger: page }) => {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 860 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.goto('/sign-in');
      await page.screenshot({ path: `${folder}sign-in-${width}-${colorScheme}.png` });
    }
  }
});
