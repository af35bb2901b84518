/** Why a list is empty, and the way on from there. */
import { Button } from "@patternfly/react-core";
import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { Link } from "react-router";

import { Empty } from "@/components/states";

import type { Entity } from "./fields";
import type { ListState } from "./use-list";

export function NothingListed({
  entity,
  projectId,
  list,
  isRefused,
}: {
  entity: Entity;
  projectId: string;
  list: ListState;
  /** Whether the server did not understand the conditions. */
  isRefused: boolean;
}) {
  if (list.filters.length > 0 || isRefused)
    return (
      <Empty
        title={isRefused ? "The filter is not understood" : `No ${entity} matches`}
        icon={SearchIcon}
        action={<Button onClick={() => list.setFilters([])}>Clear filters</Button>}
      >
        {isRefused && "What is wrong with it is told above."}
      </Empty>
    );
  if (list.page > 1)
    return (
      <Empty
        title="There is nothing on this page"
        action={<Button onClick={() => list.setPage(1)}>First page</Button>}
      />
    );
  return (
    <Empty
      title={`No ${entity}s yet`}
      action={
        <Link className="pf-v6-c-button pf-m-primary" to={`/project/${projectId}/start`}>
          Send first results
        </Link>
      }
    >
      {entity === "run" ? "Runs" : "Results"} appear here as soon as a test runner reports them.
    </Empty>
  );
}
