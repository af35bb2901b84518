import { expect, test } from "vitest";

import { runsChanged } from "./changes";
import { createQueryClient } from "./client";

test("when runs changed, lists and all about single runs are old, and nothing else is", async () => {
  const queryClient = createQueryClient();
  const paths = [
    "/run",
    "/run/{id}",
    "/runs/comparisons",
    "/run/{id}/failures",
    "/run/{id}/tests",
    "/result",
    "/project",
  ];
  for (const path of paths) queryClient.setQueryData(["get", path, {}], {});
  await runsChanged(queryClient);
  const isOld = (path: string) => queryClient.getQueryState(["get", path, {}])?.isInvalidated;
  expect(paths.filter(isOld)).toEqual(paths.slice(0, -1));
});
