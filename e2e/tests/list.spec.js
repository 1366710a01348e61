import { accessible, expect, test } from '../support/test.js';
import { counter, names, openList, rows } from '../support/customers.js';

test('search finds what is typed, by button, by Enter and while typing', async ({ page }) => {
  await openList(page);
  await accessible(page);
  const all = await counter(page);
  const [someone] = await names(page);
  const word = someone.split(/\s+/).at(-1);

  const box = page.getByRole('main').getByRole('searchbox');
  await box.pressSequentially(word.toUpperCase());
  await expect.poll(() => counter(page)).toBeLessThan(all);
  await expect(rows(page).first()).toContainText(word);
  const found = await counter(page);

  await openList(page);
  await box.fill(word);
  await box.press('Enter');
  await expect(page).toHaveURL(new RegExp(`q=${encodeURIComponent(word)}`));
  expect(await counter(page)).toBe(found);

  await openList(page);
  await box.fill(word);
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/q=/);
  expect(await counter(page)).toBe(found);
});

test('nothing found says which filter to drop', async ({ page }) => {
  await openList(page, 'q=zzzzqqqqxxxx');
  expect(await counter(page)).toBe(0);
  await expect(rows(page)).toHaveCount(0);
  await accessible(page);
  await page.getByRole('main').getByRole('link', { name: /Remove .*zzzz|Reset|Clear/ }).first().click();
  await expect(rows(page).first()).toBeVisible();
});

test('each option of a filter gives what it promised', async ({ page }) => {
  await openList(page);
  const menu = page.getByRole('main').locator('details').filter({ has: page.locator('summary', { hasText: /status/i }) }).first();
  await menu.locator('summary').click();
  await accessible(page);
  const options = await menu.locator('label:has(input[type=checkbox])').all();
  expect(options.length).toBe(8);
  const promised = [];
  for (const option of options) {
    const value = await option.locator('input').inputValue();
    promised.push([value, Number((await option.innerText()).match(/[\d., ]+$/)[0].replace(/\D/g, ''))]);
  }
  for (const [value, many] of promised) {
    await openList(page, `view=all&status=${value}`);
    expect(await counter(page), value).toBe(many);
  }
});

test('a chip drops one filter and keeps the others', async ({ page }) => {
  await openList(page, 'view=all&status=active&status=idle&q=a');
  const before = await counter(page);
  await page.getByRole('link', { name: /^Remove .*idle/i }).click();
  await expect(page).toHaveURL(/status=active/);
  await expect(page).not.toHaveURL(/status=idle/);
  await expect(page).toHaveURL(/q=a/);
  expect(await counter(page)).toBeLessThan(before);
});

test('the list sorts both ways and tells so', async ({ page }) => {
  await openList(page);
  const head = page.getByRole('columnheader', { name: /Lifetime value/ });
  await head.getByRole('link').click();
  await expect(head).toHaveAttribute('aria-sort', /ascending|descending/);
  const first = await head.getAttribute('aria-sort');
  await head.getByRole('link').click();
  await expect(head).not.toHaveAttribute('aria-sort', first);
  await expect(head).toHaveAttribute('aria-sort', /ascending|descending/);
});

test('paging forward and back shows each customer once', async ({ page }) => {
  await openList(page, 'view=all&sort=name&per=25');
  const [one] = [await names(page)];
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByRole('main')).toContainText(/26\s*[–-]\s*50/);
  const two = await names(page);
  expect(one.length).toBe(25);
  expect(two).not.toEqual(one);
  await page.getByRole('link', { name: 'Previous' }).click();
  await expect(page.getByRole('main')).toContainText(/1\s*[–-]\s*25/);
  expect(await names(page)).toEqual(one);
});

test('the built-in views are there, and Top 100 falls from high to low', async ({ page }) => {
  await openList(page, 'view=top100&per=100');
  for (const view of ['All', 'Paying', 'Top 100', 'Never ordered', 'Card expiring']) {
    await expect(page.getByRole('main').getByRole('link', { name: new RegExp(`^${view}`) }).first()).toBeVisible();
  }
  expect(await counter(page)).toBe(100);
  await expect(rows(page)).toHaveCount(100);
});

test('the bare address brings back what one last used; Reset forgets it', async ({ page }) => {
  await openList(page, 'view=all&status=subscriber&sort=name');
  const some = await counter(page);
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Customers' }).click();
  await expect(page).toHaveURL(/status=subscriber/);
  expect(await counter(page)).toBe(some);
  await page.getByRole('link', { name: 'Reset' }).first().click();
  await expect(page).not.toHaveURL(/status=subscriber/);
  expect(await counter(page)).toBeGreaterThan(some);
});

test('a view of one’s own is saved and opens again', async ({ page }) => {
  await openList(page, 'view=all&status=churned');
  const some = await counter(page);
  await page.getByText('Save view', { exact: false }).first().click();
  await page.getByLabel('Name').fill('Gone for now');
  await page.getByRole('button', { name: /^Save/ }).first().click();
  await openList(page, 'view=all');
  await page.getByRole('link', { name: /Gone for now/ }).click();
  await expect.poll(() => counter(page)).toBe(some);
});

test('a date of the list says on hover how long ago it was', async ({ page }) => {
  await openList(page);
  const row = rows(page).nth(3);
  const day = await row.locator('time').first().boundingBox();
  await page.mouse.move(day.x + day.width / 2, day.y + day.height / 2);
  await expect(row.locator('[data-main]')).toHaveAttribute('title', /ago|today|yesterday|now/);
  const name = await row.locator('[data-main]').boundingBox();
  await page.mouse.move(name.x + 5, name.y + name.height / 2);
  await expect(row.locator('[data-main]')).not.toHaveAttribute('title');
});
