// Every page there is, on a desk and on a telephone, by day and by night: no barrier, nothing that sticks out, no error heard.
import { barriers, expect, overhang, test } from '../support/test.js';
import { openList } from '../support/customers.js';

const plain = [
  '/',
  '/home/unmatched',
  '/customers?view=all',
  '/customers?view=top100',
  '/customers?view=all&status=active&status=idle&q=a',
  '/customers?view=all&status=deleted',
  '/customers?view=all&q=zzzzqqqqxxxx',
  '/customers/new',
  '/customers/views/new?view=all',
  '/customers/export?view=all',
  '/orders?view=all',
  '/orders/new',
  '/payments?view=all',
  '/disputes?view=all',
  '/subscriptions?view=all',
  '/invoices?view=all',
  '/invoices/new',
  '/customers/requests?view=all',
  '/customers/requests/new',
  '/customers/purge',
  '/affiliates',
  '/affiliates/new',
  '/search?q=ma',
  '/search?q=zzzzqqqqxxxx',
  '/jobs',
  '/settings',
  '/settings/merchant',
  '/settings/shops',
  '/settings/groups',
  '/settings/tags',
  '/settings/rates',
  '/settings/invoices',
  '/settings/payments',
  '/settings/payments/new',
  '/settings/plans',
  '/settings/mail',
  '/inbox',
  '/inbox?view=waiting',
  '/customers/duplicates',
  '/offers?view=all',
  '/contracts?view=all',
  '/contracts/new',
  '/imports',
  '/imports/new',
  '/drafts',
  '/settings/calls',
  '/settings/portal',
  '/settings/sign-in',
  '/settings/mail/new',
  '/account/second-factor',
  '/account/passkeys',
  '/returns?view=all',
  '/tickets?view=all',
  '/tickets/new',
  '/tasks?view=all',
  '/tasks/new',
  '/mailings?view=all',
  '/outbox?view=all',
  '/settings/templates',
  '/settings/accounting',
  '/settings/webhooks',
  '/settings/webhooks/new',
  '/settings/privacy',
  '/settings/blocks',
  '/settings/staff',
  '/settings/staff/invite',
  '/settings/api-keys',
  '/settings/api-keys/new',
  '/settings/audit',
  '/account',
  '/merchants',
];
const topics = [
  '',
  '/orders',
  '/payments',
  '/credit',
  '/credit/grant',
  '/methods',
  '/method-links/new',
  '/subscriptions',
  '/subscriptions/new',
  '/invoices',
  '/invoices/new',
  '/conversations',
  '/mails/new',
  '/offers',
  '/offers/new',
  '/contracts',
  '/contracts/new',
  '/portal',
  '/charges/new',
  '/payment-links/new',
  '/returns',
  '/tickets',
  '/tasks',
  '/merge',
  '/anonymise',
  '/guest-payments',
  '/timeline',
  '/privacy',
  '/edit',
  '/block',
  '/orders/new',
  '/payments/new',
];

/** The addresses that lead to one of a kind: a customer, an order, a shop … found as a person finds them, by links. */
async function all(page) {
  const first = async (path, link) => {
    await page.goto(path);
    return (await page.getByRole('main').locator(`a[href^="${link}"]`).first().getAttribute('href')).replace(/\?.*/, '');
  };
  const best = await first('/customers?view=top100', '/customers/cus_');
  const subscriber = await first('/customers?view=all&status=subscriber', '/customers/cus_');
  const unpaid = await first('/orders?view=unpaid', '/orders/ord_');
  const invoice = await first('/invoices', '/invoices/ivc_');
  const affiliate = await first('/affiliates', '/affiliates/aff_');
  const payment = (await first(`${best}/payments`, '/payments/pay_')).replace(/\/[a-z]+$/, '');
  return [
    ...plain,
    ...topics.map((topic) => best + topic),
    subscriber,
    `${subscriber}/subscriptions`,
    `${best}/delete-permanently`,
    await first(`${best}/orders`, '/orders/ord_'),
    unpaid,
    `${unpaid}/pay`,
    await first('/inbox', '/conversations/cnv_'),
    await first('/offers?view=all', '/offers/ofr_'),
    await first('/contracts?view=all', '/contracts/ctr_'),
    await first('/returns?view=all', '/returns/ret_'),
    await first('/tickets?view=all', '/tickets/tic_'),
    await first('/tasks?view=all', '/tasks/tsk_'),
    await first('/mailings?view=all', '/mailings/mlg_'),
    await first('/outbox?view=all', '/outbox/mai_'),
    await first('/settings/templates', '/settings/templates/tpl_'),
    await first('/settings/webhooks', '/settings/webhooks/whe_'),
    `${payment}/refund`,
    `${payment}/refund/credit`,
    `${payment}/affiliate`,
    `${payment}/invoice`,
    invoice,
    `${invoice}/credit`,
    affiliate,
    `${affiliate}/edit`,
    await first('/settings/shops', '/settings/shops/'),
    await first('/settings/groups', '/settings/groups/'),
    await first('/settings/tags', '/settings/tags/'),
    await first('/settings/staff', '/settings/staff/'),
    await job(page),
  ];
}

/** A job that is over, with a result for every customer; it only adds a tag. */
async function job(page) {
  await openList(page, 'view=all&status=idle');
  await page.locator('[data-all]').check();
  await page.locator('[data-every]').check();
  await page.locator('[data-bulk] .bulk summary').click();
  await page.locator('[data-bulk]').getByRole('button', { name: 'Add tags' }).click();
  await page.getByLabel('New tags').fill('seen');
  await page.getByRole('main').getByRole('button', { name: 'Next' }).click();
  await page.locator('main .button.main').click();
  await page.waitForURL(/\/jobs\/job_/);
  await expect(page.locator('#job .head .state')).toHaveText('Done', { timeout: 60_000 });
  return new URL(page.url()).pathname;
}

/** Notes every answer that is an error and every request without one. */
function network(page) {
  const broken = [];
  page.on('response', (answer) => answer.status() >= 400 && broken.push(`${answer.status()} ${answer.url()}`));
  page.on('requestfailed', (request) => broken.push(`${request.failure()?.errorText} ${request.url()}`));
  return broken;
}

/** What is wrong with the page as it stands; with the part of it that is looked at, when something lies over the rest. */
async function wrong(page, part) {
  const wide = await overhang(page);
  return [...(await barriers(page, part)), ...(wide ? [`wider than the window by ${wide}`] : [])];
}

for (const [window, viewport] of Object.entries({ desk: { width: 1280, height: 900 }, telephone: { width: 360, height: 740 } })) {
  for (const colorScheme of ['light', 'dark']) {
    test.describe(`${window}, ${colorScheme}`, () => {
      test.use({ colorScheme });
      // The same templates draw the pages of both engines: all looks on one of them, one look on the other.
      test.skip(({ engine }) => engine === 'postgres' && (window !== 'desk' || colorScheme !== 'light'), 'seen on SQLite');

      test('every page has no barrier, fits the window, and no error is heard', async ({ page }) => {
        test.setTimeout(600_000); // a hundred pages, each looked at by axe
        const addresses = await all(page);
        await page.setViewportSize(viewport);
        const faults = {};
        for (const path of [...addresses, '/sign-in', '/sign-in/forgot']) {
          if (path === '/sign-in') await page.context().clearCookies();
          const broken = network(page);
          await page.goto(path);
          const found = [...(await wrong(page)), ...broken];
          if (found.length) faults[path] = found;
          page.removeAllListeners('response');
          page.removeAllListeners('requestfailed');
        }
        expect(faults).toEqual({});
      });

      test('what opens over a page has no barrier and fits the window', async ({ page }) => {
        test.setTimeout(120_000);
        await openList(page, 'view=top100');
        const best = await page.getByRole('main').locator('[data-main]').first().getAttribute('href');
        await page.setViewportSize(viewport);
        const faults = {};
        const look = async (what, part) => {
          const found = await wrong(page, part);
          if (found.length) faults[what] = found;
        };
        for (const path of ['/customers?view=all', best]) {
          await page.goto(path);
          for (const menu of await page.locator('details.menu > summary:visible').all()) {
            const popped = menu.locator('xpath=following-sibling::*');
            await menu.click();
            await expect(popped).toBeVisible();
            await look(`${path}: ${(await menu.getAttribute('aria-label')) ?? (await menu.innerText())}`, popped);
            await page.keyboard.press('Escape');
            await expect(popped).toBeHidden();
          }
        }
        await page.goto(`${best.replace(/\?.*/, '')}/payments`);
        await page.getByRole('link', { name: 'Refund' }).first().click();
        await expect(page.getByRole('dialog').getByRole('heading', { level: 1 })).toBeVisible();
        await look('the dialog of a refund', page.getByRole('dialog'));
        expect(faults).toEqual({});
      });
    });
  }
}
