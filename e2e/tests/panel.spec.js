// The profile over the list: what is done in it stays in it.
import { expect, test } from '../support/test.js';
import { openList, rows } from '../support/customers.js';

/** Opens the panel of a row, and gives it with the address of the list. */
async function openPanel(page, nth = 1) {
  await openList(page, 'view=top100');
  const row = rows(page).nth(nth);
  await row.hover();
  await row.getByRole('link', { name: /Profile/ }).click();
  const panel = page.locator('#panel');
  await expect(panel.getByRole('heading', { level: 1 })).toBeVisible();
  return { panel, address: page.url() };
}

test('a note is written, refused, kept and deleted in the panel, and the list stays', async ({ page }) => {
  const { panel, address } = await openPanel(page);
  const note = panel.getByLabel('New note'), add = panel.getByRole('button', { name: 'Add note' });
  await add.click();
  await expect(panel.locator('[data-errors]')).toBeFocused();
  await note.fill('Calls on <b>Fridays</b> only');
  await add.click();
  await expect(panel.locator('.said', { hasText: 'Calls on <b>Fridays</b> only' })).toBeVisible();
  await expect(page.getByText('Note added.')).toBeVisible();
  await panel.getByRole('button', { name: /^Delete note/ }).first().click();
  await expect(panel.locator('.said', { hasText: 'Fridays' })).toBeHidden();
  expect(page.url()).toBe(address);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(rows(page).first()).toBeVisible();
});

test('group and tags saved in the panel show in it, and the list is read again behind it', async ({ page }) => {
  const { panel, address } = await openPanel(page);
  await panel.getByText('Change', { exact: false }).first().click();
  await panel.getByLabel('Tags').fill('from-the-panel');
  const again = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/customers' && answer.request().headers()['hx-request'] === 'true');
  await panel.locator('form[action*="/labels"]').getByRole('button', { name: 'Save' }).click();
  await expect(panel.locator('.chip', { hasText: 'from-the-panel' })).toBeVisible();
  await panel.getByRole('button', { name: 'Close' }).click();
  await again;
  expect(page.url()).toBe(address);
});

test('a dialog over the panel is sent from there: credit is granted and the panel says so', async ({ page }) => {
  const { panel, address } = await openPanel(page);
  const dialog = page.locator('#dialog');
  const figures = () => panel.locator('.figures').innerText();
  const before = await figures();
  const open = async () => {
    await panel.getByText('More actions').or(panel.locator('summary[aria-label="More actions"]')).first().click();
    await panel.getByRole('link', { name: 'Grant store credit' }).click();
    await expect(dialog.getByRole('heading', { level: 1 })).toBeVisible();
  };
  await open();
  await dialog.getByLabel('Amount').fill('lots');
  await dialog.getByRole('button', { name: /^Grant/ }).click();
  await expect(dialog.locator('[data-errors]')).toBeVisible();
  await dialog.getByLabel('Amount').fill('12.50');
  await dialog.getByLabel(/Reason|Why/).fill('a late parcel');
  await dialog.getByRole('button', { name: /^Grant/ }).click();
  await expect(dialog).toBeHidden();
  await expect(panel).toBeVisible();
  await expect.poll(figures, 'the panel says what is there now').not.toBe(before);
  expect(page.url()).toBe(address);
});

test('topics, pages of a topic and a field made larger leave the console empty', async ({ page }) => {
  const { panel, address } = await openPanel(page);
  const note = panel.getByLabel('New note');
  await note.evaluate((field) => field.style.setProperty('height', '200px'));
  for (const topic of ['Orders', 'Payments', 'Timeline', 'Overview']) {
    await panel.locator('.tabs').getByRole('link', { name: new RegExp(`^${topic}`) }).click();
    await expect(panel.locator('.tabs [aria-current]')).toContainText(topic);
  }
  await note.evaluate((field) => field.style.setProperty('height', '200px'));
  await panel.locator('.tabs').getByRole('link', { name: /^Overview/ }).click();
  await expect(note).not.toHaveAttribute('style');
  await panel.locator('.tabs').getByRole('link', { name: /^Orders/ }).click();
  await panel.getByRole('searchbox').fill('nothing like this');
  await panel.getByRole('searchbox').press('Enter');
  await expect(panel.locator('.tabs [aria-current]')).toContainText('Orders');
  expect(page.url()).toBe(address);
});
