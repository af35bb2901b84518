/** The share of tests that passed, never told better than it is, and what became of it. */
import type { Run } from "@/api/types";

type Summary = Pick<Run["summary"], "tests" | "passes">;

/** Such as "99.9%", cut after the first decimal, so that only a run without any failure has 100%. */
export function passRate({ tests, passes }: Summary): string {
  if (tests === 0) return "–";
  return `${Math.floor((1000 * passes) / tests) / 10}%`;
}

/** In a sentence: "66.6% passed", or that there is nothing to tell. */
export function passShare(summary: Summary): string {
  return summary.tests === 0 ? "no tests" : `${passRate(summary)} passed`;
}

/** Percentage points with their sign, such as "+2.5" and "−10". */
export function signed(change: number): string {
  const size = Math.abs(change).toLocaleString("en", { maximumFractionDigits: 1 });
  return change > 0 ? `+${size}` : change < 0 ? `−${size}` : "±0";
}
