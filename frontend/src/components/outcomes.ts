/** The ways in which a test can end: their words, their order, their colours, and where a run counts them. */
import type { Outcome } from "@/api/types";

export type OutcomeName = Outcome | "unknown";

export type OutcomeFacts = {
  name: OutcomeName;
  label: string;
  /** Key in the `summary` of a run. */
  counted?: string;
  /** A custom property of components/outcomes.css, right in both themes. */
  color: string;
};

const UNKNOWN: OutcomeFacts = { name: "unknown", label: "Unknown", color: "var(--outcome-unknown)" };

/** In the order in which they are shown: what needs a look comes first. */
export const OUTCOMES: readonly OutcomeFacts[] = [
  { name: "failed", label: "Failed", counted: "failures", color: "var(--outcome-failed)" },
  { name: "error", label: "Error", counted: "errors", color: "var(--outcome-error)" },
  { name: "xpassed", label: "Unexpected pass", counted: "xpasses", color: "var(--outcome-xpassed)" },
  { name: "passed", label: "Passed", counted: "passes", color: "var(--outcome-passed)" },
  { name: "xfailed", label: "Expected failure", counted: "xfailures", color: "var(--outcome-xfailed)" },
  { name: "skipped", label: "Skipped", counted: "skips", color: "var(--outcome-skipped)" },
  { name: "blocked", label: "Blocked", counted: "blocked", color: "var(--outcome-blocked)" },
  { name: "manual", label: "Manual", counted: "manual", color: "var(--outcome-manual)" },
  UNKNOWN,
];

const byName = new Map(OUTCOMES.map((outcome) => [outcome.name, outcome]));

export function outcomeOf(name: string | null | undefined): OutcomeFacts {
  return byName.get(name as OutcomeName) ?? UNKNOWN;
}

export function isFailure(name: string | null | undefined): boolean {
  return name === "failed" || name === "error";
}
