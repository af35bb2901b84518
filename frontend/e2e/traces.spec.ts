/** Traces of Playwright in its viewer, which the server has from its package, or in a clone from node_modules. */
import { type Browser, expect, type Page, test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { attach, projectId, signIn } from "./shop";

test.use({ trace: "off" }); // the test takes one itself

const SHOP = `<!doctype html><title>Cart</title><h1>Your cart</h1>
  <button onclick="this.textContent = 'Paid'">Pay</button>`;

/** What a test of the shop leaves when it clicks a button. */
async function takeTrace(browser: Browser, path: string): Promise<void> {
  const context = await browser.newContext();
  await context.route("http://shop.example/", (route) =>
    route.fulfill({ contentType: "text/html", body: SHOP }),
  );
  await context.tracing.start({ snapshots: true, screenshots: true });
  const page = await context.newPage();
  await page.goto("http://shop.example/");
  await page.getByRole("button", { name: "Pay" }).click();
  await context.tracing.stop({ path });
  await context.close();
}

async function upload(page: Page, id: string, path: string): Promise<void> {
  await attach(page, "cart/trace.zip", "application/zip", await readFile(path), id);
}

async function openTrace(page: Page, id: string): Promise<Page> {
  await page.goto(`/project/${await projectId(page)}/artifacts/${id}`);
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Open in the trace viewer" }).click();
  return opened;
}

test("a trace is opened in the viewer of the server", async ({ browser, page }, info) => {
  const id = crypto.randomUUID();
  const trace = info.outputPath("trace.zip");
  await takeTrace(browser, trace);
  await signIn(page);
  await upload(page, id, trace);

  const viewer = await openTrace(page, id);
  await viewer.getByRole("treeitem", { name: /Click/ }).click();
  const snapshot = viewer.frameLocator("iframe.snapshot-visible");
  await expect(snapshot.getByRole("heading", { name: "Your cart" })).toBeVisible();
  await viewer.getByRole("tab", { name: "After" }).click();
  await expect(snapshot.getByRole("button", { name: "Paid" })).toBeVisible();
  await viewer.screenshot({ path: "screenshots/trace-viewer-light.png" });
});

test("a hostile trace runs nothing where it is looked at", async ({ browser, page, baseURL }, info) => {
  const id = crypto.randomUUID();
  const address = `${baseURL ?? ""}/api/artifact/${id}/download`;
  const [harmless, hostile] = [info.outputPath("trace.zip"), info.outputPath("hostile.zip")];
  await takeTrace(browser, harmless);
  execFileSync("python3", ["e2e/hostile_trace.py", harmless, hostile, address]);
  await signIn(page);
  await upload(page, id, hostile);
  const ran: string[] = [];
  const left: string[] = [];
  page.context().on("request", (request) => {
    if (request.url().includes("ran=")) ran.push(request.url());
  });
  page.context().on("response", (response) => {
    if (response.url().includes("elsewhere.example") && !response.fromServiceWorker())
      left.push(response.url());
  });

  const viewer = await openTrace(page, id);
  await viewer.getByRole("treeitem", { name: /Click/ }).click();
  await expect(
    viewer.frameLocator("iframe.snapshot-visible").getByText("A hostile page").first(),
  ).toBeVisible();

  const query = new URLSearchParams({ trace: address }).toString();
  await viewer.evaluate((search) => location.assign(`file/resources/hostile.html?${search}`), query);
  await expect(viewer).toHaveURL(/hostile\.html/);
  await expect(viewer.getByText("Hostile", { exact: true })).toBeVisible();
  await viewer.evaluate(() => document.title);

  expect(ran).toEqual([]);
  expect(left).toEqual([]);
});

test("a trace of somebody else's server is not fetched", async ({ page }) => {
  const asked: string[] = [];
  const elsewhere = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end();
  });
  await new Promise<void>((listening) => elsewhere.listen(0, "127.0.0.1", listening));
  const { port } = elsewhere.address() as AddressInfo;
  await signIn(page);
  await page.goto(`/trace/index.html?trace=http://127.0.0.1:${port}/trace.zip`);
  await expect(page.getByText(/Could not load trace/)).toBeVisible();
  expect(asked).toEqual([]);
  elsewhere.close();
});
