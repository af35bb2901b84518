import { describe, expect, it } from "vitest";

import { endOf, isEndless, isOver, today } from "./lifetimes";

const NOW = new Date("2026-11-20T12:00:00Z").getTime();

describe("how long a token is good for", () => {
  it("is counted in days from now", () => {
    expect(endOf("30", "", NOW)).toBe("2026-12-20T12:00:00.000Z");
  });

  it("is the whole of the last day", () => {
    expect(new Date(endOf("date", "2026-12-24")).toLocaleTimeString("en-GB")).toBe("23:59:59");
  });

  it("has no end that anybody sees if there is none", () => {
    const end = endOf("never", "", NOW);
    expect(isEndless(end, NOW)).toBe(true);
    expect(isEndless("2027-11-20T12:00:00Z", NOW)).toBe(false);
  });

  it("is over when the time has come", () => {
    expect(isOver("2026-11-20T12:00:00Z", NOW)).toBe(true);
  });

  it("begins today, in the time zone of the browser", () => {
    expect(today(new Date(2026, 0, 5))).toBe("2026-01-05");
  });
});
