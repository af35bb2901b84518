/** Metadata and tags that are added to several runs. */
import type { Run } from "@/api/types";
import { runTags } from "@/components/run-name";

export type Edit = { metadata: Readonly<Record<string, string>>; tags: readonly string[] };

/** The server takes at most so many runs at once. */
const MOST = 25;

/** Runs that get the same metadata together.  Tags are a list as a whole: each run keeps those that it has. */
export function batchesOf(
  runs: readonly Run[],
  { metadata, tags }: Edit,
): { runs: readonly Run[]; metadata: Record<string, unknown> }[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const added =
      tags.length === 0 ? metadata : { ...metadata, tags: [...new Set([...runTags(run), ...tags])] };
    const text = JSON.stringify(added);
    groups.set(text, [...(groups.get(text) ?? []), run]);
  }
  return [...groups].flatMap(([text, group]) =>
    Array.from({ length: Math.ceil(group.length / MOST) }, (_, part) => ({
      runs: group.slice(part * MOST, (part + 1) * MOST),
      metadata: JSON.parse(text) as Record<string, unknown>,
    })),
  );
}
