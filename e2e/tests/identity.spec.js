// Signing in through an identity provider that others wrote: connected in the account, used in the place of a password, asked again before what is grave.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityProvider, signInThere } from '../support/identity.js';
import { signIn } from '../support/sign-in.js';
import { accessible, expect, fits, test } from '../support/test.js';

test.use({ storageState: { cookies: [], origins: [] } });

test('an account is connected, signs in without a password, proves a fresh sign-in, and is disconnected', async ({ browser, desk }) => {
  const provider = await identityProvider({ email: desk.person.email, name: 'Mara' });
  const config = join(desk.folder, 'provider.toml');
  writeFileSync(config, provider.file);
  await desk.stop();
  await desk.start('--config', config);
  provider.open(desk.url);
  const here = new RegExp(`^${desk.url}`);
  try {
    const owner = await (await browser.newContext({ baseURL: desk.url })).newPage();
    await signIn(owner, desk.person);
    await owner.goto('/account');
    await owner.getByRole('button', { name: 'Connect Kilde ID' }).click();
    await accessible(owner);
    await owner.getByRole('link', { name: 'Continue at Kilde ID' }).click();
    await signInThere(owner, here);
    await expect(owner).toHaveURL(`${desk.url}/account`);
    await expect(owner.getByText('Connected. Kilde ID signs you in from now on.')).toBeVisible();
    await accessible(owner);

    const page = await (await browser.newContext({ baseURL: desk.url, viewport: { width: 360, height: 740 } })).newPage();
    await page.goto('/orders');
    await accessible(page);
    await fits(page);
    await page.getByRole('link', { name: 'Sign in with Kilde ID' }).click();
    await signInThere(page, here);
    await expect(page).toHaveURL(`${desk.url}/orders`);
    await page.goto('/account');
    await expect(page.getByRole('region', { name: 'Sessions' })).toContainText('Identity provider');
    await fits(page);

    await page.goto('/sign-in/again/oidc?next=/settings/audit');
    await signInThere(page, here);
    await expect(page).toHaveURL(`${desk.url}/settings/audit`);
    await expect(page.locator('body')).toContainText('means: identity provider');

    await page.goto('/account');
    await page.getByRole('button', { name: 'Disconnect Kilde ID' }).click();
    await expect(page.getByText('Disconnected. Kilde ID does not sign you in any more.')).toBeVisible();
    const stranger = await (await browser.newContext({ baseURL: desk.url })).newPage();
    await stranger.goto('/sign-in/oidc');
    await signInThere(stranger, here);
    await expect(stranger.getByText('is not connected with anybody here')).toBeVisible();
    await accessible(stranger);
  } finally {
    await provider.stop();
  }
});
