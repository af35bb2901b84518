/** The conditions of a list: a box to type them, a chip for each, and those that were saved. */
import { Button } from "@patternfly/react-core";

import { problemOf } from "@/api/problem";
import { CopyButton } from "@/components/copy-button";

import { FilterBox } from "./filter-box";
import "./filters.css";
import { QuickFilters } from "./quick-filters";
import { SavedFilters } from "./saved-filters";
import type { ListState } from "./use-list";

export function FilterBar({
  entity,
  projectId,
  list,
  error,
}: {
  entity: "run" | "result";
  projectId: string;
  list: ListState;
  /** Why the list could not be loaded: what the server does not accept of the conditions is told at the box. */
  error?: unknown;
}) {
  const refused = refusalOf(error);
  return (
    <div role="search" className="filter-bar" aria-label={`Filter of ${entity}s`}>
      <div className="filter-row">
        <FilterBox
          entity={entity}
          projectId={projectId}
          filters={list.filters}
          onChange={list.setFilters}
          problem={refused?.words}
          refused={refused?.fields ?? []}
        />
        <div className="filter-actions">
          <SavedFilters entity={entity} projectId={projectId} list={list} />
          <CopyButton text={() => location.href} label="Copy link to this list" />
        </div>
      </div>
      <div className="filter-row">
        <QuickFilters entity={entity} filters={list.filters} onChange={list.setFilters} />
        {(list.filters.length > 0 || refused !== undefined) && (
          <Button variant="link" isInline onClick={() => list.setFilters([])}>
            Clear all
          </Button>
        )}
      </div>
    </div>
  );
}

/** Whether a list was refused because of its conditions: that is told at the box, not in place of the page. */
export function isRefusal(error: unknown): boolean {
  return error !== null && error !== undefined && problemOf(error).status === 400;
}

function refusalOf(error: unknown): { words: string; fields: string[] } | undefined {
  if (!isRefusal(error)) return undefined;
  const { detail, errors = [] } = problemOf(error);
  return {
    words: errors.map(({ message }) => message).join(" ") || detail,
    fields: errors.map(({ field }) => field),
  };
}
