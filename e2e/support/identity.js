// An identity provider that nobody here wrote: oidc-provider, which is certified by the OpenID Foundation, on a free port of this machine.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const secret = 'a password of the tests, of forty characters';

/** Listens from now on. `file` is what the configuration of Regulars says; `open(url)` makes it know the desk at this address. */
export async function identityProvider({ email, name }) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const file = [`oidc_issuer = "${issuer}"`, 'oidc_client_id = "regulars"', `oidc_client_secret = "${secret}"`, 'oidc_name = "Kilde ID"', 'oidc_local = true', ''];
  const open = (url) => {
    const provider = new Provider(issuer, {
      clients: [{ client_id: 'regulars', client_secret: secret, redirect_uris: [`${url}/sign-in/oidc/callback`], require_auth_time: true }],
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, email, email_verified: true, name }) }),
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      cookies: { keys: ['a key of the tests'] },
    });
    server.on('request', provider.callback());
  };
  const stop = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  return { issuer, file: file.join('\n'), open, stop };
}

/** Signs in there and says yes, as far as it asks; any name and password do. */
export async function signInThere(page, back) {
  for (let step = 0; step < 4 && !back.test(page.url()); step += 1) {
    const login = page.getByPlaceholder('Enter any login');
    if (await login.count()) {
      await login.fill('u-1');
      await page.getByPlaceholder('and password').fill('x');
    }
    await page.locator('button[type=submit]').first().click();
    await page.waitForLoadState();
  }
}
