// The demo prints who may sign in; a person types that.
/** Reads e-mail and password out of what `regulars demo` printed. */
export function demoPerson(printed) {
  const [, email, password] = printed.match(/Sign in with (\S+) and the password “([^”]+)”/) ?? [];
  if (!email) throw new Error(`the demo names no sign-in:\n${printed}`);
  return { email, password };
}

/** Types it; `here` when the page already shows the form. */
export async function signIn(page, { email, password }, { here = false } = {}) {
  if (!here) await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}
