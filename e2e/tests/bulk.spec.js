import { accessible, expect, test } from '../support/test.js';
import { counter, openList, rows, tick } from '../support/customers.js';

const bar = (page) => page.locator('[data-bulk]');
const state = (page) => page.locator('#job .head .state');
const over = /^Done$/;

test('shift-click takes a range, and the bar counts', async ({ page }) => {
  await openList(page);
  await rows(page).nth(1).getByRole('checkbox').click();
  await rows(page).nth(5).getByRole('checkbox').click({ modifiers: ['Shift'] });
  await expect(page.locator('[data-selected]')).toContainText('5');
});

test('a few are archived at once, after a preview with exact numbers, and Undo brings them back', async ({ page }) => {
  await openList(page, 'view=all&status=prospect');
  const before = await counter(page);
  await tick(page, 3);
  await accessible(page);
  await bar(page).getByRole('button', { name: /^Archive/ }).first().click();
  await expect(page.getByRole('main')).toContainText(/3/);
  await accessible(page);
  await page.getByRole('main').getByRole('button', { name: /^Archive/ }).click();
  await expect(page.locator('.toasts')).toContainText(/3 .*archived/i);
  await openList(page, 'view=all&status=prospect');
  expect(await counter(page)).toBe(before - 3);
  await page.goBack();
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click();
  await openList(page, 'view=all&status=prospect');
  expect(await counter(page)).toBe(before);
});

test('all that match, minus one, are archived by a job that shows how far it is', async ({ page }) => {
  test.setTimeout(90_000);
  await openList(page, 'view=all&status=idle');
  const before = await counter(page);
  expect(before).toBeGreaterThan(200);
  await page.locator('[data-all]').check();
  await page.locator('[data-every]').check();
  await rows(page).first().getByRole('checkbox').uncheck();
  await bar(page).getByRole('button', { name: /^Archive/ }).first().click();
  await page.getByRole('main').getByRole('button', { name: /^Archive/ }).click();
  await expect(page).toHaveURL(/\/jobs\/job_/);
  await expect(state(page)).toHaveText(over, { timeout: 60_000 });
  await accessible(page);
  await openList(page, 'view=all&status=idle');
  expect(await counter(page)).toBe(1);
});

test('a bulk archive survives kill -9', async ({ page, desk }) => {
  test.setTimeout(120_000);
  await openList(page, 'view=all&status=idle');
  const before = await counter(page);
  await page.locator('[data-all]').check();
  await page.locator('[data-every]').check();
  await bar(page).getByRole('button', { name: /^Archive/ }).first().click();
  await page.getByRole('main').getByRole('button', { name: /^Archive/ }).click();
  await page.waitForURL(/\/jobs\/job_/);
  const job = new URL(page.url()).pathname;
  await desk.stop('SIGKILL');
  await desk.start();
  await expect(async () => {
    await page.goto(desk.url + job);
    await expect(state(page)).toHaveText(over, { timeout: 1_000 });
  }).toPass({ timeout: 90_000 });
  await page.goto(`${desk.url}/customers?view=all&status=idle`);
  expect(await counter(page)).toBe(0);
  await page.goto(`${desk.url}/customers?view=all&status=archived`);
  expect(await counter(page)).toBeGreaterThanOrEqual(before);
});
