// Serving customers: what they want, what is to be done, what is said.
import { accessible, expect, test } from '../support/test.js';
import { createCustomer, openList, tick } from '../support/customers.js';

test('a ticket of a customer is answered, waits, is opened by the next word and solved', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'asks@example.com' });
  await page.goto(`${path}/tickets`);
  await accessible(page);
  await page.getByRole('main').getByRole('link', { name: 'New ticket' }).first().click();
  await page.getByLabel('Subject').fill('The grinder is silent');
  await page.getByLabel('Said by').selectOption('message');
  await page.getByLabel('What was said').fill('It does not turn since this morning.');
  await page.getByRole('button', { name: 'Make ticket' }).click();
  await page.waitForURL(/\/tickets\/tic_/);
  await accessible(page);
  const say = async (kind, words) => {
    await page.getByRole('radio', { name: kind }).check();
    await page.getByLabel('Words').fill(words);
    await page.getByRole('button', { name: 'Add to the thread' }).click();
    await expect(page.getByText(words)).toBeVisible();
  };
  const status = page.locator('.head .state').first();
  await say(/^Answer/, 'Please unplug it for a minute.');
  await expect(status).toHaveText('Waiting');
  await say(/^Message/, 'That did it, thank you <b>very</b> much.');
  await expect(status).toHaveText('Open');
  await page.getByLabel('Status').selectOption({ label: 'Solved' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(status).toHaveText('Solved');
});

test('a task on a customer is ticked off without leaving the page, and taken back', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'task@example.com' });
  await page.goto(`${path}/tasks`);
  await accessible(page);
  await page.getByRole('main').getByRole('link', { name: 'New task' }).first().click();
  await page.getByLabel('What is to be done').fill('Call back about the invoice');
  await page.getByRole('button', { name: 'Make task' }).click();
  await page.goto(`${path}/tasks`);
  const line = page.getByRole('row', { name: /Call back/ }).or(page.getByRole('listitem').filter({ hasText: 'Call back' })).first();
  await expect(line.getByRole('link', { name: /Call back/ })).toHaveAttribute('target', '_blank');
  await line.getByRole('checkbox').or(line.getByRole('button', { name: /done/i })).first().click();
  await expect(page).toHaveURL(new RegExp(`${path}/tasks`));
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.goto(`${path}/tasks`);
  await expect(line).toBeVisible();
});

test('a mail is written to a customer and stands in the stream, where it is found', async ({ page }) => {
  const path = await createCustomer(page, { 'E-mail': 'reader@example.com' });
  await page.goto(`${path}/mails/new`);
  await accessible(page);
  await page.getByLabel('Subject').fill('Your beans are on their way');
  await page.getByLabel('Text').fill('They left this morning.\n<script>alert(1)</script>');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.goto(`${path}/conversations`);
  await accessible(page);
  await expect(page.getByRole('main')).toContainText('They left this morning.');
  await page.goto(`${path}/conversations?q=morning`);
  await expect(page.getByRole('main')).toContainText('Your beans are on their way');
  await page.goto(`${path}/conversations?kind=call`);
  await expect(page.getByRole('main')).not.toContainText('They left this morning.');
});

test('a few are written to from a template: who gets it is counted first, and each has a result', async ({ page }) => {
  await openList(page, 'view=all&status=active');
  await tick(page, 3);
  await page.locator('[data-bulk]').getByRole('button', { name: 'Auto mail' }).click();
  await accessible(page);
  await page.getByLabel('Template').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('main')).toContainText('will get it');
  await accessible(page);
  const send = page.getByRole('button', { name: /^Send to/ });
  const many = Number((await send.innerText()).match(/\d+/)[0]);
  await send.click();
  await page.waitForURL(/\/(mailings\/mlg_|jobs\/job_)/);
  await page.goto('/mailings?view=all');
  await page.getByRole('main').locator('a[href^="/mailings/mlg_"]').first().click();
  await expect(page.getByRole('main')).toContainText(String(many));
  await accessible(page);
});
