/** What people come for, from the link in a red pipeline to the reason. */
import { expect, test } from "@playwright/test";

import { BROKEN, EMAIL, PASSWORD, projectId, RUNS, signIn } from "./shop";

test("a link to a red run leads through signing in to the reason of its failures", async ({ page }) => {
  await signIn(page);
  const link = `/project/${await projectId(page)}/runs/${BROKEN}`;
  await page.context().clearCookies();

  await page.goto(link);
  await page.getByLabel(/e-?mail/i).fill(EMAIL);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();

  await expect(page).toHaveURL(new RegExp(link));
  const failures = page.getByRole("main");
  await expect(failures.getByText("PaymentRefused").first()).toBeVisible();
  await expect(failures.getByText(/the bank said no to/).first()).toBeVisible();

  await failures.getByRole("link", { name: /test_big_sums_are_paid/ }).click();
  await expect(page.getByRole("heading", { name: /test_big_sums_are_paid/ })).toBeVisible();
  await expect(page.getByText(/raise PaymentRefused/).first()).toBeVisible();
  await expect(page.getByText(/last passed/i).first()).toBeVisible();
});

test("failures are walked through by keyboard", async ({ page }) => {
  await signIn(page);
  await page.goto(`/project/${await projectId(page)}/runs/${BROKEN}`);
  await expect(page.getByText("PaymentRefused").first()).toBeVisible();
  await page.keyboard.press("j");
  await expect(page).toHaveURL(/\/failures\/[0-9a-f-]{36}$/);
  const first = page.url();
  await page.keyboard.press("j");
  await expect(page).not.toHaveURL(first);
  await page.keyboard.press("k");
  await expect(page).toHaveURL(first);
});

test("results are filtered by typing, and the link says it all", async ({ page }) => {
  await signIn(page);
  await page.goto(`/project/${await projectId(page)}/results`);
  const box = page.getByRole("combobox", { name: /filter/i });
  await box.fill("result=failed");
  await box.press("Enter");
  await expect(page).toHaveURL(/filter=result/);
  await expect(page.getByRole("link", { name: /test_big_sums_are_paid/ }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: /test_small_sums_are_paid/ })).toHaveCount(0);

  const shared = page.url();
  await page.goBack();
  await expect(page.getByRole("link", { name: /test_small_sums_are_paid/ }).first()).toBeVisible();
  await page.goto(shared);
  await expect(page.getByRole("link", { name: /test_small_sums_are_paid/ })).toHaveCount(0);
});

test("several failures are classified at once", async ({ page }) => {
  await signIn(page);
  const project = await projectId(page);
  await page.goto(`/project/${project}/runs/${BROKEN}`);
  const panel = page.getByRole("main");
  await expect(panel.getByText("PaymentRefused").first()).toBeVisible();
  for (const box of await panel.getByRole("checkbox", { name: /^Select all of/ }).all()) await box.check();
  await panel
    .getByRole("button", { name: /classify/i })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Product failure" }).click();
  await expect(panel.getByText("Product failure").first()).toBeVisible();
  const answer = await page.request.get(
    `/api/result?filter=run_id=${BROKEN}&filter=project_id=${project}&filter=metadata.classification=product_failure`,
  );
  const { pagination } = (await answer.json()) as { pagination: { totalItems: number } };
  expect(pagination.totalItems).toBeGreaterThan(1);
});

test("tests and runs are found from everywhere", async ({ page }) => {
  await signIn(page);
  await page.goto(`/project/${await projectId(page)}/imports`);
  await page.getByRole("button", { name: "Find tests and runs" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("big_sums");
  await expect(page.getByRole("option", { name: /test_big_sums_are_paid/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/results\?filter=test_id/);
  await expect(page.getByRole("link", { name: /test_big_sums_are_paid/ }).first()).toBeVisible();
});

test("a file that is imported becomes a run", async ({ page }) => {
  await signIn(page);
  await page.goto(`/project/${await projectId(page)}/imports`);
  await page.locator("input[type=file]").setInputFiles("e2e/junit.xml");
  await page.getByRole("link", { name: /run/i }).and(page.locator("main a")).first().click();
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/);
  expect(RUNS.some((id) => page.url().includes(id))).toBe(false);
  await expect(page.getByText(/Received: 500/).first()).toBeVisible();
});

test("a tree and a history lead to the same failure", async ({ page }) => {
  await signIn(page);
  const project = await projectId(page);
  await page.goto(`/project/${project}/runs/${BROKEN}/tree`);
  await expect(page.getByText("test_checkout.py").first()).toBeVisible();
  const { results } = (await (
    await page.request.get(
      `/api/result?filter=run_id=${BROKEN}&filter=project_id=${project}&filter=test_id%25big_sums`,
    )
  ).json()) as { results: { id: string }[] };
  await page.goto(`/project/${project}/results/${results[0]?.id ?? ""}`);
  const history = page.getByRole("list", { name: /results of this test/i });
  await expect(history.getByRole("link")).toHaveCount(3);
  await history.getByRole("link").first().click();
  await expect(page.getByText("Passed").first()).toBeVisible();
});
