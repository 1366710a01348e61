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

/** Makes a customer and ends on their page; gives the path of it. `anyway`: the page may ask whether it is somebody who is there already; it is not. */
const made = /\/customers\/cus_/;
export async function createCustomer(page, fields, { anyway = false } = {}) {
  const save = page.getByRole('button', { name: 'Save and close' });
  await page.goto('/customers/new');
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await save.click();
  const asked = page.getByLabel('Create anyway');
  if (anyway && (await Promise.race([page.waitForURL(made).then(() => false), asked.waitFor().then(() => true)]))) {
    await asked.check();
    await save.click();
  }
  await page.waitForURL(made);
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
