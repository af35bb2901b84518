/** What people see in place of a page that broke, and how they get on. */
import { Button } from "@patternfly/react-core";
import BugIcon from "@patternfly/react-icons/dist/esm/icons/bug-icon";
import { useEffect } from "react";
import { useRouteError } from "react-router";

import { Empty } from "@/components/states";

/** A page within the shell, which goes on to work. */
export function BrokenPage() {
  const error = useRouteError();
  useEffect(() => console.error(error), [error]);
  return (
    <div role="alert">
      <Empty
        title="This page broke"
        icon={BugIcon}
        action={
          <Button variant="primary" onClick={() => location.reload()}>
            Load it again
          </Button>
        }
      >
        {isOutdated(error)
          ? "The server has been updated since you opened it."
          : `It is a mistake in this page, nothing was lost. ${error instanceof Error ? error.message : ""}`}
      </Empty>
    </div>
  );
}

/** Everything, the shell included. */
export function Crash() {
  return (
    <main>
      <BrokenPage />
    </main>
  );
}

/** Whether a chunk is gone, because newer pages are served than those that are open here. */
function isOutdated(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|module script/.test(error.message);
}
