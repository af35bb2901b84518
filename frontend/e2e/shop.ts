/** Who signs in, what the plugin has reported, and where its pages are. */
import { expect, type Page } from "@playwright/test";

const needed = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set: run hatch run e2e`);
  return value;
};

export const EMAIL = needed("E2E_EMAIL");
export const PASSWORD = needed("E2E_PASSWORD");
/** Ids of the runs of builds 40, 41 and 42; the last one is broken. */
export const RUNS = needed("E2E_RUNS").split(",");
export const BROKEN = RUNS[2] ?? "";

export async function signIn(page: Page): Promise<void> {
  const response = await page.request.post("/api/login", {
    data: { email: EMAIL, password: PASSWORD, cookies: true },
  });
  expect(response.ok()).toBe(true);
}

export async function projectId(page: Page, name = "shop"): Promise<string> {
  const { projects } = await answer<{ projects: { id: string }[] }>(page, `/api/project?filter=name=${name}`);
  return projects[0]?.id ?? "";
}

export async function aFailure(page: Page, test = "test_big_sums"): Promise<string> {
  const { results } = await answer<{ results: { id: string }[] }>(
    page,
    `/api/result?filter=run_id=${BROKEN}&filter=project_id=${await projectId(page)}&filter=test_id%25${test}`,
  );
  return results[0]?.id ?? "";
}

/** Adds an artifact to the first run, under this id if there is one; answers its id. */
export async function attach(
  page: Page,
  filename: string,
  mimeType: string,
  buffer: Buffer,
  id: string = crypto.randomUUID(),
): Promise<string> {
  const csrf = (await page.context().cookies()).find(({ name }) => name === "ibutsu_csrf")?.value ?? "";
  const response = await page.request.post("/api/artifact", {
    headers: { "X-CSRF-TOKEN": csrf },
    multipart: { id, runId: RUNS[0] ?? "", filename, file: { name: "file", mimeType, buffer } },
  });
  expect(response.status()).toBe(201);
  return id;
}

async function answer<Body>(page: Page, path: string): Promise<Body> {
  const response = await page.request.get(path);
  expect(response.ok()).toBe(true);
  return (await response.json()) as Body;
}
