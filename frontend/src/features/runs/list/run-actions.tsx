/** What can be done with the runs that are selected in the list. */
import { Button, ToolbarGroup, ToolbarItem } from "@patternfly/react-core";
import { useState } from "react";
import { Link } from "react-router";

import type { Run } from "@/api/types";
import { useMay } from "@/api/user";
import { Confirm } from "@/components/confirm";
import { runName } from "@/components/run-name";

import { EditRuns } from "./edit-runs";
import { counted, useRunChanges } from "./use-run-changes";

export function RunActions({
  runs,
  projectId,
  onDone,
}: {
  /** Those that are selected. */
  runs: readonly Run[];
  projectId: string;
  onDone: () => void;
}) {
  const [dialog, setDialog] = useState<"edit" | "delete">();
  const isMaintainer = useMay("maintainer", projectId);
  const close = () => setDialog(undefined);
  const { progress, remove, keep, edit } = useRunChanges(projectId, () => {
    close();
    onDone();
  });
  if (runs.length === 0) return null;
  const isBusy = progress !== undefined;
  return (
    <ToolbarGroup aria-label="Selected runs" role="group">
      <ToolbarItem alignSelf="center" aria-live="polite">
        {isBusy ? `${progress.done} of ${progress.of} done …` : `${counted(runs.length)} selected`}
      </ToolbarItem>
      <ToolbarItem>
        <CompareLink runs={runs} projectId={projectId} />
      </ToolbarItem>
      {isMaintainer && (
        <>
          <ToolbarItem>
            <Button variant="secondary" isDisabled={isBusy} onClick={() => setDialog("edit")}>
              Edit…
            </Button>
          </ToolbarItem>
          <ToolbarItem>
            <KeepButton runs={runs} isBusy={isBusy} onKeep={(is_kept) => void keep(runs, is_kept)} />
          </ToolbarItem>
          <ToolbarItem>
            <Button variant="secondary" isDanger isDisabled={isBusy} onClick={() => setDialog("delete")}>
              Delete…
            </Button>
          </ToolbarItem>
        </>
      )}
      {dialog === "edit" && (
        <EditRuns
          count={runs.length}
          isBusy={isBusy}
          onSave={(change) => void edit(runs, change)}
          onClose={close}
        />
      )}
      {dialog === "delete" && (
        <Confirm
          title={`Delete ${counted(runs.length)}?`}
          action="Delete"
          isBusy={isBusy}
          onConfirm={() => void remove(runs)}
          onClose={close}
        >
          <ul>
            {runs.slice(0, 10).map((run) => (
              <li key={run.id}>{runName(run)}</li>
            ))}
            {runs.length > 10 && <li>and {runs.length - 10} more</li>}
          </ul>
          <p>Their results and artifacts are deleted as well. This cannot be undone.</p>
          {isBusy && (
            <p role="status">
              {progress.done} of {progress.of} are deleted …
            </p>
          )}
        </Confirm>
      )}
    </ToolbarGroup>
  );
}

/** Two runs, the earlier one on the left. */
function CompareLink({ runs, projectId }: { runs: readonly Run[]; projectId: string }) {
  const [before, after, ...others] = runs.toSorted((one, other) =>
    one.start_time.localeCompare(other.start_time),
  );
  if (before === undefined || after === undefined || others.length > 0)
    return (
      <Button variant="secondary" isAriaDisabled title="Select exactly two runs to compare them">
        Compare
      </Button>
    );
  return (
    <Link
      className="pf-v6-c-button pf-m-secondary"
      to={`/project/${projectId}/compare?runs=${before.id},${after.id}`}
    >
      Compare
    </Link>
  );
}

function KeepButton({
  runs,
  isBusy,
  onKeep,
}: {
  runs: readonly Run[];
  isBusy: boolean;
  onKeep: (is_kept: boolean) => void;
}) {
  const areKept = runs.every(({ is_kept }) => is_kept);
  return (
    <Button
      variant="secondary"
      isDisabled={isBusy}
      title={areKept ? "Let retention delete them in time" : "Exempt them from retention"}
      onClick={() => onKeep(!areKept)}
    >
      {areKept ? "Do not keep" : "Keep"}
    </Button>
  );
}
