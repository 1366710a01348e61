import { accessible, expect, fits, test } from '../support/test.js';
import { signIn } from '../support/sign-in.js';

test('somebody signs in, comes to the page they wanted, and signs out', async ({ stranger, desk }) => {
  await stranger.goto('/customers?view=paying');
  await expect(stranger).toHaveURL(/\/sign-in/);
  await accessible(stranger);
  await signIn(stranger, desk.person, { here: true });
  await expect(stranger).toHaveURL(/\/customers\?view=paying/);

  await stranger.locator('summary', { hasText: /^[A-Z]{1,2}$/ }).last().click();
  await stranger.getByRole('button', { name: 'Sign out' }).click();
  await stranger.goto('/customers');
  await expect(stranger).toHaveURL(/\/sign-in/);
});

test('a wrong password says so beside the form and lets nobody in', async ({ stranger, desk }) => {
  await stranger.goto('/sign-in');
  await stranger.getByLabel('E-mail').fill(desk.person.email);
  await stranger.getByLabel('Password').fill('not the password');
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await expect(stranger.getByRole('alert')).toBeVisible();
  await expect(stranger.getByLabel('E-mail')).toHaveValue(desk.person.email);
  await accessible(stranger);
  await stranger.goto('/');
  await expect(stranger).toHaveURL(/\/sign-in/);
});

test('the sign-in fits a telephone', async ({ stranger }) => {
  await stranger.setViewportSize({ width: 360, height: 740 });
  await stranger.goto('/sign-in');
  await fits(stranger);
});

test('a stolen form of another site changes nothing', async ({ page, desk }) => {
  const answer = await page.request.post('/sign-out', { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' } });
  expect(answer.status()).toBe(403);
  await page.goto('/');
  await expect(page).toHaveURL(`${desk.url}/`);
});
