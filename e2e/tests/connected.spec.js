// Doors to others: a customer's own pages, a link that is paid, a file that comes in and goes out again, a second factor.
import { createHmac } from 'node:crypto';
import { accessible, expect, overhang, test } from '../support/test.js';
import { createCustomer, openList, rows } from '../support/customers.js';

const password = 'a quiet cup at dawn';

/** What is shown once on a page: a link to hand over. */
const shown = async (page, label) => page.getByLabel(label).inputValue();

test('an invited customer chooses a password on a telephone, sees their own orders and nobody else’s, and asks for their data', async ({ page, stranger }) => {
  await page.goto('/settings/portal');
  await accessible(page);
  await page.getByLabel('Customers who are invited can come in').check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await openList(page, 'view=top100');
  const [best, other] = [await rows(page).nth(0).locator('[data-main]').getAttribute('href'), await rows(page).nth(1).locator('[data-main]').getAttribute('href')].map((h) => h.replace(/\?.*/, ''));
  await page.goto(`${other}/orders`);
  const theirs = (await page.getByRole('main').locator('a[href^="/orders/ord_"]').first().getAttribute('href')).replace(/\?.*/, '').split('/')[2];
  await page.goto(`${best}/portal`);
  await accessible(page);
  await page.getByRole('button', { name: 'Make a link to hand over' }).click();
  const link = await shown(page, 'Give this link to the customer');
  await accessible(page);

  await stranger.setViewportSize({ width: 360, height: 740 });
  await stranger.goto(new URL(link).pathname);
  await accessible(stranger);
  await stranger.getByLabel('Password').fill(password);
  await stranger.getByRole('button', { name: 'Go on' }).click();
  await expect(stranger.getByRole('heading', { level: 1 })).toContainText('Hello');
  const home = new URL(stranger.url()).pathname;
  for (const topic of ['', '/orders', '/invoices', '/payments', '/subscriptions', '/details', '/messages', '/data']) {
    await stranger.goto(home + topic);
    await accessible(stranger);
    expect(await overhang(stranger), `${topic} fits a telephone`).toBe(0);
  }
  expect((await stranger.goto(`${home}/orders/${theirs}`)).status(), 'another one’s order is not there').toBe(404);
  expect((await stranger.goto('/customers')).url(), 'nor is the desk').toContain('/sign-in');
  await stranger.goto(`${home}/data`);
  await stranger.getByRole('radio').first().check();
  await stranger.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.goto('/customers/requests?view=open');
  await expect(page.locator('[data-rows] tr')).not.toHaveCount(0);

  await page.goto(`${best}/portal`);
  await page.getByRole('button', { name: 'Close the portal' }).click();
  await stranger.goto(home);
  expect(new URL(stranger.url()).pathname, 'closed at once').toBe(`${home}/sign-in`);
});

test('a payment link tells where to pay; once the money is noted it is closed, and the payment stands on the customer', async ({ page, stranger }) => {
  const path = await createCustomer(page, { 'E-mail': 'payer@example.com' });
  await page.goto(`${path}/payment-links/new`);
  await accessible(page);
  await page.getByLabel('Amount').fill('12.50');
  await page.getByLabel('What for').fill('Repair of a grinder');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.waitForURL(/\/payment-links\//);
  await accessible(page);
  if (!(await page.getByLabel('Link for the buyer').isVisible())) await page.getByRole('button', { name: 'Make a link to copy' }).click();
  const link = new URL(await shown(page, 'Link for the buyer')).pathname;
  await stranger.goto(link);
  await accessible(stranger);
  await expect(stranger.getByRole('main')).toContainText('IBAN');
  await page.reload();
  await page.getByRole('button', { name: /^Record .*12\.50/ }).click();
  await expect(page.locator('.head .state').first()).toHaveText('Paid');
  await stranger.goto(link);
  await expect(stranger.getByRole('main')).toContainText(/paid/i);
  await expect(stranger.getByRole('main')).not.toContainText('IBAN');
  await page.goto(`${path}/payments`);
  await expect(page.getByRole('main')).toContainText('12.50');
});

test('a file comes in by the wizard: columns, dry run, import, and all of it is undone', async ({ page }) => {
  await page.goto('/imports/new');
  await accessible(page);
  const text = 'Full name;Mail;Town\nÅsa Öberg;asa@example.se;Malmö\nBo Ek;bo.example.se;Lund\n"=cmd()|calc";calc@example.se;Ystad\n';
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') });
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.waitForURL(/\/imports\/imp_/);
  await accessible(page);
  await page.getByLabel('Full name becomes').selectOption({ label: 'Name' });
  await page.getByLabel('Mail becomes').selectOption({ label: 'Email' });
  await page.getByLabel('Town becomes').selectOption({ label: 'City' });
  await page.getByRole('button', { name: 'Check the file' }).click();
  await expect(page.getByRole('heading', { name: 'Rows that would fail' })).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: /^Import/ }).click();
  await expect(page.getByRole('link', { name: 'Undo' })).toBeVisible();
  await accessible(page);
  await openList(page, 'q=Öberg');
  await expect(rows(page)).toHaveCount(1);
  await page.goto('/imports');
  await accessible(page);
  await page.getByRole('link', { name: 'people.csv' }).first().click();
  await page.getByRole('link', { name: 'Undo' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Undo the import' }).click();
  await expect(async () => {
    await openList(page, 'q=Öberg');
    expect(await rows(page).count()).toBe(0);
  }).toPass();
});

test('a contract is written down, runs, and a notice ends it', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'lease@example.com' });
  await page.goto(`${path}/contracts`);
  await accessible(page);
  await page.goto(`${path}/contracts/new`);
  await accessible(page);
  await page.getByLabel('Title').fill('Lease of an espresso machine');
  await page.getByLabel('Value').fill('49.00');
  await page.getByLabel('From').fill(new Date().toISOString().slice(0, 10));
  await page.getByRole('button', { name: 'Start contract' }).click();
  await page.waitForURL(/\/contracts\/ctr_/);
  await accessible(page);
  await expect(page.locator('.head .state').first()).toHaveText('Running');
  await page.goto('/contracts?view=all');
  await accessible(page);
  await expect(page.getByRole('main')).toContainText('Lease of an espresso machine');
});

/** The six digits an app shows now (RFC 6238). */
function code(secret, step = 0) {
  const bits = [...secret.replace(/[\s=]/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const hash = createHmac('sha1', key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('a second factor is set up with an app, asked for behind the password, and a code works once', async ({ page, stranger, desk }) => {
  await page.goto('/account/second-factor');
  await accessible(page);
  await page.getByRole('button', { name: 'Set up' }).click();
  await accessible(page);
  const secret = (await page.locator('code').innerText()).trim();
  const used = code(secret);
  await page.getByLabel('Code that the app shows').fill(used);
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByRole('heading', { name: 'Your recovery codes' })).toBeVisible();
  await accessible(page);
  const recovery = await page.locator('ul.mono li').first().innerText();

  await stranger.goto('/sign-in');
  await stranger.getByLabel('E-mail').fill(desk.person.email);
  await stranger.getByLabel('Password', { exact: true }).fill(desk.person.password);
  await stranger.keyboard.press('Enter');
  await expect(stranger.getByRole('heading', { level: 1 })).toHaveText('Your code');
  await accessible(stranger);
  await stranger.goto('/customers');
  expect(new URL(stranger.url()).pathname, 'the password alone opens nothing').toBe('/sign-in');
  await stranger.goto('/sign-in/code');
  await stranger.getByLabel('Code of your app').fill(used);
  await stranger.keyboard.press('Enter');
  await expect(stranger.getByRole('main')).toContainText('Your code');
  await stranger.getByLabel('Code of your app').fill(recovery);
  await stranger.keyboard.press('Enter');
  await expect(stranger).toHaveURL(desk.url + '/');
});
