// What a person does with customers, in the words of the pages.
import { expect } from '@playwright/test';

export const rows = (page) => page.locator('[data-rows] tr:has([data-main])');
export const names = (page) => rows(page).locator('[data-main]').allInnerTexts();

/** The number in the counter at the top of the list. */
export async function counter(page) {
  const words = await page.getByRole('main').getByRole('status').first().innerText();
  return Number(words.match(/[\d.,\s]+/)?.[0].replace(/\D/g, '') ?? NaN);
}

/** Opens the list with this state in the address, e.g. `q=ana&status=active`. */
export async function openList(page, query = 'view=all') {
  await page.goto(`/customers?${query}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Customers');
}

/** Makes a customer and ends on their page; gives the path of it. `anyway`: the page is expected to ask whether it is somebody who is there already. */
export async function createCustomer(page, fields, { anyway = false } = {}) {
  const save = page.getByRole('button', { name: 'Save and close' });
  await page.goto('/customers/new');
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await save.click();
  if (anyway) {
    await page.getByLabel('Create anyway').check();
    await save.click();
  }
  await page.waitForURL(/\/customers\/cus_/);
  return new URL(page.url()).pathname;
}

/** Ticks the first `n` rows and gives their names. */
export async function tick(page, n) {
  const some = [];
  for (let i = 0; i < n; i++) {
    const row = rows(page).nth(i);
    some.push(await row.locator('[data-main]').innerText());
    await row.getByRole('checkbox').check();
  }
  return some;
}
