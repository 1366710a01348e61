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
  await expect(page.locator('.toasts')).toContainText('3 customers archived.');
  await expect(page).toHaveURL(/\/customers\?.*status=prospect/);
  expect(await counter(page)).toBe(before - 3);
  await page.locator('.toasts').getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.toasts')).not.toContainText('3 customers archived.');
  await openList(page, 'view=all&status=prospect');
  expect(await counter(page)).toBe(before);
});

test('tags are put on a few and taken off again, and Undo waits among the jobs', async ({ page }) => {
  await openList(page, 'view=all&status=active');
  await tick(page, 3);
  await bar(page).locator('.bulk summary').click();
  await bar(page).getByRole('button', { name: 'Add tags' }).click();
  await accessible(page);
  await page.getByLabel('New tags').fill('tea, coffee');
  await page.getByRole('main').getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('main')).toContainText('3 customers will be');
  await page.locator('main .button.main').click();
  await expect(page.locator('.toasts')).toContainText('3 customers');
  expect(await tagged(page, 'tea')).toBe(3);

  await tick(page, 1);
  await bar(page).locator('.bulk summary').click();
  await bar(page).getByRole('button', { name: 'Remove tags' }).click();
  await page.getByLabel('tea', { exact: true }).check();
  await page.getByRole('main').getByRole('button', { name: 'Next' }).click();
  await page.locator('main .button.main').click();
  expect(await tagged(page, 'tea')).toBe(2);

  await page.goto('/jobs');
  await page.getByRole('main').locator('[data-main]').first().click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.toasts')).not.toBeEmpty();
  expect(await tagged(page, 'tea')).toBe(3);
  expect(await tagged(page, 'coffee')).toBe(3);
});

test('of a few who are deleted for good, those with orders stay, and it says so', async ({ page }) => {
  await openList(page, 'view=top100');
  const best = await page.locator('[data-bulk] input[name=id]').evaluateAll((boxes) => boxes.slice(0, 2).map((box) => box.value));
  await tick(page, 2);
  await bar(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('2 customers will be deleted.');
  await page.locator('main .button.main').click();
  await expect(page.locator('.toasts')).toContainText('2 customers deleted.');

  await openList(page, 'view=all&status=deleted&sort=lifetime');
  for (const id of best) await page.locator(`[data-bulk] input[name=id][value=${id}]`).check();
  await bar(page).getByRole('button', { name: 'Delete permanently' }).click();
  await accessible(page);
  await expect(page.getByRole('main')).toContainText('0 customers will be deleted permanently.');
  await expect(page.getByRole('main')).toContainText(/order/);
  await expect(page.locator('main .button.main')).toHaveCount(0);
});

/** How many customers have a tag, as the filter of the list says and shows. */
async function tagged(page, tag) {
  await openList(page, 'view=all');
  const menu = page.getByRole('main').locator('details').filter({ has: page.locator('summary', { hasText: /^Tag$/ }) });
  await menu.locator('summary').click();
  const option = menu.locator('label').filter({ has: page.getByText(tag, { exact: true }) });
  const promised = Number((await option.locator('.count').innerText()).replace(/\D/g, ''));
  await option.getByRole('checkbox').check();
  await expect(page.getByRole('link', { name: `Remove Tag: ${tag}` })).toBeVisible();
  await expect.poll(() => counter(page)).toBe(promised);
  return promised;
}

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
