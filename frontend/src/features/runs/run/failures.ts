/** The groups of failures of a run, narrowed and put in order. */
import type { FailureGroup } from "@/api/types";

/** Groups with new failures, and of each only those. */
export function onlyNew(groups: readonly FailureGroup[]): FailureGroup[] {
  return groups
    .filter((group) => group.new > 0)
    .map((group) => ({ ...group, count: group.new, results: group.results.filter(({ is_new }) => is_new) }));
}

export function resultsOf(groups: readonly FailureGroup[]): string[] {
  return groups.flatMap(({ results }) => results.map(({ id }) => id));
}

/** A message without the name of its exception, which pytest puts before it. */
export function messageOf(name: string | null, message: string | null): string {
  const said = message ?? "";
  if (name === null) return said || "No reason was reported";
  if (said === name) return "";
  return said.startsWith(`${name}: `) ? said.slice(name.length + 2) : said;
}

/** What the reason says besides its first line, which is the heading, unless that was cut off. */
export function linesOf({ reason, message }: FailureGroup): string[] {
  const [first = "", ...others] = (reason ?? "").split("\n");
  return first.trim() === (message ?? "") ? others : [first, ...others];
}
