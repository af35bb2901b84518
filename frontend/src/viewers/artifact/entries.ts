/** The artifacts as people think of them: three images of one comparison are one entry. */
import type { Artifact } from "@/api/types";

import { kindOf, type Kind } from "./kind";

export type Role = "expected" | "actual" | "diff";
export type Comparison = { name: string } & Partial<Record<Role, Artifact>>;
export type Entry = {
  /** The artifact that a link to this entry names. */
  id: string;
  name: string;
  kind: Kind;
  /** What this is about: all images of the comparison, or only one of them. */
  artifacts: readonly Artifact[];
  comparison?: Comparison | undefined;
};

/** Playwright says expected and actual, pytest-image-diff reference and screenshot, others baseline and so on. */
const WORDS: Record<Role, readonly string[]> = {
  expected: ["expected", "reference", "baseline", "golden"],
  actual: ["actual", "screenshot", "received", "result"],
  diff: ["diff", "difference"],
};
const ROLE_OF = new Map(
  Object.entries(WORDS).flatMap(([role, words]) => words.map((word) => [word, role as Role] as const)),
);
const IMAGE_NAME = new RegExp(`^(.*?)(?:^|[-_./ ])(${[...ROLE_OF.keys()].join("|")})(\\.\\w+)$`, "i");

/** In the order of the list. */
export function entriesOf(artifacts: readonly Artifact[]): Entry[] {
  const comparisons = new Map<string, Comparison>();
  for (const artifact of artifacts) {
    const part = partOf(artifact);
    if (part === undefined) continue;
    const comparison = comparisons.get(part.name) ?? { name: part.name || "Images" };
    comparison[part.role] ??= artifact;
    comparisons.set(part.name, comparison);
  }
  const shown = new Set<string>();
  return artifacts.flatMap((artifact): Entry[] => {
    if (shown.has(artifact.id)) return [];
    const part = partOf(artifact);
    const comparison = part && comparisons.get(part.name);
    if (part === undefined || comparison?.[part.role] !== artifact || !isComparison(comparison))
      return [{ id: artifact.id, name: artifact.filename, kind: kindOf(artifact), artifacts: [artifact] }];
    const members = [comparison.expected, comparison.actual, comparison.diff].filter(
      (one) => one !== undefined,
    );
    members.forEach(({ id }) => shown.add(id));
    const { id } = comparison.actual ?? members[0] ?? artifact;
    return [{ id, name: comparison.name, kind: "image", artifacts: members, comparison }];
  });
}

/** Whether it may be one of several images that belong together, by its name. */
export function mayBeCompared(artifact: Artifact): boolean {
  return partOf(artifact) !== undefined;
}

/** One artifact by itself; if it belongs to a comparison, with what it can be compared to among these. */
export function entryOf(artifact: Artifact, among: readonly Artifact[]): Entry {
  const { id, filename: name } = artifact;
  const whole = entriesOf(among).find(({ artifacts }) => artifacts.some((one) => one.id === id));
  return { id, name, kind: kindOf(artifact), artifacts: [artifact], comparison: whole?.comparison };
}

/** The one with this artifact, or else the one that tells most about a failure. */
export function chosenOf(entries: readonly Entry[], id: string | null): Entry | undefined {
  const named = entries.find(({ artifacts }) => artifacts.some((artifact) => artifact.id === id));
  if (named !== undefined) return named;
  const ranks = entries.map(rankOf);
  return entries[ranks.indexOf(Math.min(...ranks))];
}

export function isEmpty({ artifacts }: Entry): boolean {
  return artifacts.every(({ size }) => size === 0);
}

const TELLING = [
  ({ comparison }: Entry) => comparison !== undefined,
  ({ name }: Entry) => /traceback|exception|stack.?trace/i.test(name),
  ({ kind, name }: Entry) => kind === "image" && /screenshot|fail|error/i.test(name),
  ({ kind, name }: Entry) => kind === "text" && /fail|error/i.test(name),
  ({ kind }: Entry) => kind === "image",
  ({ kind, name }: Entry) => kind === "text" && /\.log$/i.test(name),
  ({ kind }: Entry) => kind === "text",
  ({ kind }: Entry) => kind !== "archive" && kind !== "file",
];

function rankOf(entry: Entry): number {
  const rank = TELLING.findIndex((tells) => tells(entry));
  return rank === -1 ? TELLING.length : rank;
}

function partOf(artifact: Artifact): { name: string; role: Role } | undefined {
  if (kindOf(artifact) !== "image") return undefined;
  const found = IMAGE_NAME.exec(artifact.filename);
  const role = ROLE_OF.get(found?.[2]?.toLowerCase() ?? "");
  return role && { name: found?.[1] ?? "", role };
}

/** A single screenshot is none. */
function isComparison({ expected, actual, diff }: Comparison): boolean {
  return (
    (expected !== undefined && actual !== undefined) ||
    (diff !== undefined && (expected ?? actual) !== undefined)
  );
}
