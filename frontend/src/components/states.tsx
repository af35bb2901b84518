/** What a page shows while it has nothing to show: loading, empty, refused, gone, broken. */
import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Skeleton,
} from "@patternfly/react-core";
import CubesIcon from "@patternfly/react-icons/dist/esm/icons/cubes-icon";
import ExclamationCircleIcon from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import LockIcon from "@patternfly/react-icons/dist/esm/icons/lock-icon";
import PluggedIcon from "@patternfly/react-icons/dist/esm/icons/plug-icon";
import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";
import type { ComponentType, ReactNode } from "react";

import { problemOf } from "@/api/problem";

import "./page.css";

/** Grey lines in the place of what comes; `what` is said to screen readers. */
export function Loading({ what, lines = 5 }: { what: string; lines?: number }) {
  return (
    <div role="status" className="loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} width={line === lines - 1 ? "60%" : "100%"} />
      ))}
      <span className="pf-v6-u-screen-reader">Loading {what}</span>
    </div>
  );
}

export function Empty({
  title,
  icon = CubesIcon,
  children,
  action,
}: {
  title: string;
  icon?: ComponentType;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <EmptyState titleText={title} headingLevel="h2" icon={icon}>
      {children !== undefined && <EmptyStateBody>{children}</EmptyStateBody>}
      {action !== undefined && (
        <EmptyStateFooter>
          <EmptyStateActions>{action}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}

/** The answer to any refused or broken request; `what` is what could not be shown, such as "this run". */
export function Failed({ error, what, onRetry }: { error: unknown; what: string; onRetry?: () => void }) {
  const problem = problemOf(error);
  if (problem.status === 404 || problem.status === 400)
    return (
      <Empty title={`There is no such thing as ${what}`} icon={SearchIcon}>
        It may have been deleted, or the link is not complete. {problem.status === 400 && problem.detail}
      </Empty>
    );
  if (problem.status === 403 || problem.status === 401)
    return (
      <Empty title={`You may not see ${what}`} icon={LockIcon}>
        Ask an owner of the project to make you a member of it.
      </Empty>
    );
  return (
    <div role="alert">
      <Empty
        title={`Could not load ${what}`}
        icon={problem.status === 0 ? PluggedIcon : ExclamationCircleIcon}
        action={
          onRetry && (
            <Button variant="primary" onClick={onRetry}>
              Try again
            </Button>
          )
        }
      >
        {problem.detail}
      </Empty>
    </div>
  );
}
