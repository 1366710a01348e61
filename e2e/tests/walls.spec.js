import { accessible, expect, test } from '../support/test.js';

test('what is not there, or is another merchant’s, is 404 everywhere', async ({ page }) => {
  for (const path of ['/customers/cus_01jzzzzzzzzzzzzzzzzzzzzzzz', '/customers/1', "/customers/'--", '/orders/ord_01jzzzzzzzzzzzzzzzzzzzzzzz', '/nothing']) {
    const answer = await page.goto(path);
    expect(answer.status(), path).toBe(404);
  }
  await accessible(page);
  await expect(page.getByRole('link').first()).toBeVisible();
});

test('every page says what may run in it, and no script or style stands inside', async ({ page }) => {
  test.setTimeout(120_000); // seven pages, each looked at by axe
  for (const path of ['/', '/customers', '/customers/new', '/orders', '/settings', '/account', '/jobs']) {
    const answer = await page.goto(path);
    expect(answer.status(), path).toBe(200);
    expect(answer.headers()['content-security-policy'], path).toContain("default-src 'self'");
    expect(await page.locator('script:not([src]), style, [style], [onclick]').count(), path).toBe(0);
    await accessible(page);
  }
});
