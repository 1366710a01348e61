// Passkeys with the authenticator that Chromium plays: added in the account, used in the place of everything, asked for as a fresh proof, removed.
import { accessible, expect, overhang, test } from '../support/test.js';
import { signIn } from '../support/sign-in.js';

/** Passkeys belong to a name: browsers know none at a bare network address. */
test.use({ baseURL: ({ desk }, use) => use(desk.url.replace('127.0.0.1', 'localhost')), storageState: { cookies: [], origins: [] } });

/** A device with a finger on it. Gives its number, and the line to it. */
async function device(page) {
  const line = await page.context().newCDPSession(page);
  await line.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
  const { authenticatorId } = await line.send('WebAuthn.addVirtualAuthenticator', { options });
  return { line, authenticatorId };
}

async function signOut(page) {
  await page.goto('/');
  await page.locator('summary', { hasText: /^[A-Z]{1,2}$/ }).last().click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
}

test('a passkey is added, signs in without a password, proves a fresh sign-in, and is removed', async ({ page, desk }) => {
  const { line, authenticatorId } = await device(page);
  const kept = async () => (await line.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  await signIn(page, desk.person);
  await page.goto('/account');
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await accessible(page);
  await page.getByLabel('Name').fill('My laptop');
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByRole('heading', { name: 'Your recovery codes' })).toBeVisible();
  const [passkey] = await kept();
  expect(passkey.rpId).toBe('localhost');
  expect(passkey.isResidentCredential).toBe(true);
  await page.goto('/account');
  await accessible(page);
  await expect(page.getByRole('region', { name: 'Passkeys' })).toContainText('My laptop');
  await expect(page.getByRole('region', { name: 'Passkeys' })).toContainText('Never');

  await page.goto('/account/passkeys');
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByRole('alert'), 'one device holds one').toContainText('has a passkey of your account already');

  await signOut(page);
  await accessible(page);
  await page.goto('/sign-in?next=%2Fsettings%2Fshops');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page).toHaveURL(/\/settings\/shops/);

  desk.say('UPDATE sessions SET fresh_at = 0');
  await page.goto('/settings/api-keys/new');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Please sign in again');
  await accessible(page);
  await line.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.getByRole('button', { name: 'Use your passkey' }).click();
  await expect(page.getByRole('alert'), 'the device did not know its user').toContainText('Nothing was done');
  await line.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await page.getByRole('button', { name: 'Use your passkey' }).click();
  await expect(page).toHaveURL(/\/settings\/api-keys\/new/);
  await expect(page.getByRole('heading', { name: 'Please sign in again' })).toHaveCount(0);

  await signOut(page);
  await page.getByLabel('E-mail').fill(desk.person.email);
  await page.getByLabel('Password', { exact: true }).fill(desk.person.password);
  await page.getByLabel('Password', { exact: true }).press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your passkey');
  await accessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(page), 'it fits a telephone').toBe(0);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('button', { name: 'Use your passkey' }).click();
  await expect(page).toHaveURL(/localhost:\d+\/$/);

  await page.goto('/account');
  await page.getByRole('button', { name: 'Remove My laptop' }).click();
  await expect(page.getByRole('region', { name: 'Passkeys' })).toHaveCount(0);
  await signOut(page);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('alert')).toContainText('not known here');
  await signIn(page, desk.person, { here: true });
  await expect(page, 'the password is enough again').toHaveURL(/localhost:\d+\/$/);
});

test('at a bare network address, and without JavaScript, no button is shown', async ({ browser, desk, stranger }) => {
  await stranger.goto('/sign-in');
  await expect(stranger.getByRole('button', { name: 'Use a passkey' }), 'a bare network address').toHaveCount(0);
  const context = await browser.newContext({ baseURL: desk.url.replace('127.0.0.1', 'localhost'), javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Use a passkey' }), 'without JavaScript it is not shown').toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await context.close();
});
