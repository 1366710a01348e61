import { readFileSync } from 'node:fs';
import { accessible, expect, test } from '../support/test.js';
import { counter, openList } from '../support/customers.js';

const columns =
  'Name,Email,Company,Company ID,Company Email,Tax ID,Phone,Address,City,State,Zip/Postal Code,Country,VAT Number,Lifetime Value';

test('the list exports as CSV with exactly the promised columns, a row for each that matches', async ({ page }) => {
  await openList(page, 'view=paying&status=churned');
  const some = await counter(page);
  await page.getByRole('main').getByRole('link', { name: /^Export/ }).last().click();
  await accessible(page);
  const coming = page.waitForEvent('download');
  await page.getByRole('main').getByRole('button', { name: /^Export/ }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
  const text = readFileSync(await file.path(), 'utf8').replace(/^\uFEFF/, '');
  expect(text.split(/\r?\n/)[0]).toBe(columns);
  const quotes = text.replace(/"(?:[^"]|"")*"/g, 'x').trim().split(/\r?\n/);
  expect(quotes.length - 1).toBe(some);
});
