import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aRun } from "@/testing/factories";

import { MetadataTab } from "./metadata-tab";

test("metadata that is nested deeply is indented no further than a phone has room for", () => {
  let metadata: Record<string, unknown> = { bottom: "here" };
  for (let depth = 60; depth > 0; depth--) metadata = { [`level ${depth}`]: metadata };
  render(<MetadataTab run={aRun({ metadata })} />);
  const indent = (key: string) => screen.getByText(key).closest("th")?.style.paddingInlineStart;
  expect(indent("level 2")).toBe("min(2.5rem, 15vw)");
  expect(indent("bottom")).toBe("min(91rem, 15vw)");
});
