/** Every page in both themes: nothing that axe finds fault with, and pictures of it to look at, also of a narrow one. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

import { aFailure, attach, BROKEN, projectId, RUNS, signIn } from "./shop";

type Place = {
  name: string;
  path: (page: Page) => Promise<string>;
  ready: string | RegExp;
  anonymous?: boolean;
};

const inProject = (rest: string) => async (page: Page) => `/project/${await projectId(page)}${rest}`;

const ofArtifact =
  (filename: string, mimeType: string, content: (page: Page) => Promise<Buffer> | Buffer) =>
  async (page: Page) =>
    `/project/${await projectId(page)}/artifacts/${await attach(page, filename, mimeType, await content(page))}`;

const picture = (page: Page) => page.screenshot();
const LOG = Array.from(
  { length: 500 },
  (_, line) => `${line % 50 ? "INFO" : "ERROR"} step ${line} of the job`,
);

const PLACES: Place[] = [
  { name: "sign-in", path: () => Promise.resolve("/login"), ready: /sign in/i, anonymous: true },
  { name: "register", path: () => Promise.resolve("/sign-up"), ready: /account/i, anonymous: true },
  { name: "recover", path: () => Promise.resolve("/forgot-password"), ready: /password/i, anonymous: true },
  {
    name: "reset",
    path: () => Promise.resolve("/reset-password#code=x"),
    ready: /password/i,
    anonymous: true,
  },
  { name: "projects", path: () => Promise.resolve("/project"), ready: "shop" },
  { name: "first-results", path: inProject("/start"), ready: /first results/i },
  { name: "runs", path: inProject("/runs"), ready: "nightly" },
  { name: "run-failures", path: inProject(`/runs/${BROKEN}`), ready: /PaymentRefused/ },
  { name: "run-results", path: inProject(`/runs/${BROKEN}/results`), ready: /test_big_sums/ },
  { name: "run-tree", path: inProject(`/runs/${BROKEN}/tree`), ready: /test_checkout/ },
  { name: "run-timeline", path: inProject(`/runs/${BROKEN}/timeline`), ready: /slowest/i },
  { name: "run-artifacts", path: inProject(`/runs/${BROKEN}/artifacts`), ready: /artifact/i },
  { name: "run-metadata", path: inProject(`/runs/${BROKEN}/metadata`), ready: /branch/ },
  {
    name: "run-split",
    path: async (page) => `/project/${await projectId(page)}/runs/${BROKEN}/failures/${await aFailure(page)}`,
    ready: /the bank said no/,
  },
  { name: "results", path: inProject("/results"), ready: /test_/ },
  {
    name: "results-filtered",
    path: inProject("/results?filter=result%3Dfailed&filter=component%3Dshop"),
    ready: /the bank said no/,
  },
  { name: "results-empty", path: inProject("/results?filter=env%3Dnowhere"), ready: /clear/i },
  {
    name: "result",
    path: async (page) => `/project/${await projectId(page)}/results/${await aFailure(page)}`,
    ready: /the bank said no/,
  },
  {
    name: "artifact-log",
    path: ofArtifact("job.log", "text/plain", () => Buffer.from(LOG.join("\n"))),
    ready: /step 3 of the job/,
  },
  {
    name: "artifact-json",
    path: ofArtifact("cart.json", "application/json", () => Buffer.from('{"items": [{"name": "Tea"}]}')),
    ready: /items/,
  },
  { name: "artifact-image", path: ofArtifact("page.png", "image/png", picture), ready: /×/ },
  {
    name: "artifact-comparison",
    path: async (page) => {
      const cart = crypto.randomUUID(); // a pair of its own for each visit
      await attach(page, `${cart}-expected.png`, "image/png", await picture(page));
      return `${await ofArtifact(`${cart}-actual.png`, "image/png", picture)(page)}?compare=side`;
    },
    ready: "Expected",
  },
  {
    name: "artifact-trace",
    path: ofArtifact("trace.zip", "application/zip", () => Buffer.from("PK")),
    ready: /open in the trace viewer/i,
  },
  { name: "compare", path: inProject(`/compare?runs=${RUNS[1] ?? ""},${BROKEN}`), ready: /Worse/ },
  { name: "imports", path: inProject("/imports"), ready: /import/i },
  { name: "profile", path: () => Promise.resolve("/profile"), ready: /ci@example.com/ },
  { name: "tokens", path: () => Promise.resolve("/profile/tokens"), ready: /token/i },
  { name: "not-found", path: () => Promise.resolve("/nowhere"), ready: /no such page/i },
  {
    name: "no-such-run",
    path: inProject("/runs/0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d"),
    ready: /no such thing/i,
  },
];

const SIZES = [
  { name: "light", colorScheme: "light", width: 1440 },
  { name: "dark", colorScheme: "dark", width: 1440 },
  { name: "narrow", colorScheme: "light", width: 360 },
] as const;

for (const size of SIZES) {
  test.describe(size.name, () => {
    test.use({ colorScheme: size.colorScheme, viewport: { width: size.width, height: 900 } });
    for (const place of PLACES) {
      test(`${place.name} is without fault`, async ({ page }) => {
        if (place.anonymous !== true) await signIn(page);
        await page.goto(await place.path(page));
        const content = page.locator("main, [role=main], .pf-v6-c-login").first();
        await expect(content.getByText(place.ready).filter({ visible: true }).first()).toBeVisible();
        await page.waitForLoadState("networkidle");
        await page.screenshot({ path: `screenshots/${place.name}-${size.name}.png` });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])).toEqual(
          [],
        );
        expect(await overflow(page)).toBeLessThanOrEqual(0);
      });
    }
  });
}

/** How many pixels the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}
