import { expect, it } from "vitest";

import { waysTo } from "./ways";

function commands(project: string) {
  return waysTo({ server: "https://results.example.com", project, token: "eyJ.t.s" })
    .flatMap(({ steps }) => steps)
    .map(({ text }) => text)
    .join("\n");
}

it("has the address, the token and the project in each command", () => {
  const all = commands("shop");
  expect(all).toContain(
    "pytest --ibutsu https://results.example.com --ibutsu-token eyJ.t.s --ibutsu-project shop",
  );
  expect(all).toContain("IBUTSU_URL=https://results.example.com IBUTSU_TOKEN=eyJ.t.s IBUTSU_PROJECT=shop");
  expect(all).toContain('curl -H "Authorization: Bearer eyJ.t.s" https://results.example.com/api/import');
});

it("keeps the token out of what is committed", () => {
  const github = waysTo({ server: "https://x", project: "shop", token: "eyJ.t.s" }).find(
    ({ id }) => id === "github",
  );
  expect(github?.steps[0]?.text).toContain("${{ secrets.IBUTSU_TOKEN }}");
  expect(github?.steps[0]?.text).not.toContain("eyJ.t.s");
});

it("quotes names that a shell would take apart", () => {
  expect(commands("Jo's $HOME")).toContain(`--ibutsu-project 'Jo'\\''s $HOME'`);
});
