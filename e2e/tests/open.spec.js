import { accessible, expect, test } from '../support/test.js';
import { openList, rows } from '../support/customers.js';

test('a row opens the customer by click and by Enter, and Back comes to the same row', async ({ page }) => {
  await openList(page);
  const link = rows(page).nth(4).locator('[data-main]');
  const name = (await link.innerText()).trim();
  await link.click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
  await accessible(page);
  await page.goBack();
  await expect(link).toBeFocused();
  await link.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
});

test('the Profile button shows the customer over the list', async ({ page }) => {
  await openList(page);
  const row = rows(page).nth(2);
  const name = (await row.locator('[data-main]').innerText()).trim();
  const address = page.url();
  await row.hover();
  await row.getByRole('link', { name: /Profile/ }).click();
  const panel = page.getByRole('dialog');
  await expect(panel).toContainText(name);
  await accessible(page);
  expect(page.url()).toBe(address);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
});

test('a double click on a row opens the page', async ({ page }) => {
  await openList(page);
  const { x, y } = await rows(page).nth(3).locator('td').last().boundingBox();
  await page.mouse.dblclick(x + 4, y + 4);
  await expect(page).toHaveURL(/\/customers\/cus_/);
});

test('a double click on an offer opens it in a tab of its own, a single one here', async ({ page, context }) => {
  await page.goto('/offers?view=all');
  const link = page.locator('[data-rows] [data-main]').first();
  const [tab] = await Promise.all([context.waitForEvent('page'), link.dblclick()]);
  await expect(tab).toHaveURL(/\/offers\/ofr_/);
  await tab.close();
  await expect(page).toHaveURL(/\/offers\?view=all/);
  await link.click();
  await expect(page).toHaveURL(/\/offers\/ofr_/);
});

test('next and previous follow the list one came from', async ({ page }) => {
  await openList(page, 'view=all&sort=name&per=25');
  const [first, second] = [await rows(page).nth(0).locator('[data-main]').innerText(), await rows(page).nth(1).locator('[data-main]').innerText()];
  await rows(page).nth(0).locator('[data-main]').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(first.trim());
  await page.getByRole('link', { name: /Next/ }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(second.trim());
  await page.getByRole('link', { name: /Previous/ }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(first.trim());
});

test('every topic of a customer is a page that holds', async ({ page }) => {
  await openList(page, 'view=top100');
  await rows(page).first().locator('[data-main]').click();
  await page.waitForURL(/\/customers\/cus_/);
  const path = new URL(page.url()).pathname;
  for (const topic of ['', '/orders', '/payments', '/methods', '/subscriptions', '/guest-payments', '/timeline']) {
    const answer = await page.goto(path + topic);
    expect(answer.status(), topic).toBe(200);
    await accessible(page);
  }
});
