/** What can be done with a run. */
import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link, useNavigate } from "react-router";

import { runsChanged } from "@/api/changes";
import { api } from "@/api/client";
import type { Run } from "@/api/types";
import { useMay } from "@/api/user";
import { Confirm } from "@/components/confirm";
import { runName } from "@/components/run-name";
import { useToasts } from "@/components/toasts";

import { useAddress } from "./address";

const EditMetadata = lazy(async () => ({ default: (await import("./edit-metadata")).EditMetadata }));

export function RunActions({ run, previousId }: { run: Run; previousId: string | undefined }) {
  const { projectId } = useAddress();
  const [isOpen, setOpen] = useState(false);
  const [dialog, setDialog] = useState<"edit" | "delete">();
  const mayChange = useMay("maintainer", run.project_id);
  const keep = useKeep(run);
  const download = `/api/run/${run.id}/export?format=`;
  return (
    <>
      {previousId !== undefined && (
        <Link
          className="pf-v6-c-button pf-m-secondary"
          to={`/project/${projectId}/compare?runs=${previousId},${run.id}`}
        >
          Compare with previous
        </Link>
      )}
      <Dropdown
        isOpen={isOpen}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        popperProps={{ position: "end" }}
        shouldFocusFirstItemOnOpen
        toggle={(ref) => (
          <MenuToggle ref={ref} onClick={() => setOpen(!isOpen)} isExpanded={isOpen}>
            Actions
          </MenuToggle>
        )}
      >
        <DropdownList>
          <DropdownItem to={`${download}csv`} download={`run-${run.id}.csv`}>
            Export as CSV
          </DropdownItem>
          <DropdownItem to={`${download}json`} download={`run-${run.id}.json`}>
            Export as JSON
          </DropdownItem>
          {mayChange && (
            <>
              <Divider component="li" />
              <DropdownItem onClick={keep}>
                {run.is_kept ? "Do not keep for ever" : "Keep for ever"}
              </DropdownItem>
              <DropdownItem onClick={() => setDialog("edit")}>Edit metadata</DropdownItem>
              <DropdownItem isDanger onClick={() => setDialog("delete")}>
                Delete
              </DropdownItem>
            </>
          )}
        </DropdownList>
      </Dropdown>
      {dialog === "edit" && (
        <Suspense fallback={null}>
          <EditMetadata run={run} onClose={() => setDialog(undefined)} />
        </Suspense>
      )}
      {dialog === "delete" && <Delete run={run} onClose={() => setDialog(undefined)} />}
    </>
  );
}

function useKeep(run: Run): () => void {
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const update = api.useMutation("put", "/run/{id}", {
    onSuccess: ({ is_kept }) => {
      void runsChanged(queryClient);
      toasts.done(is_kept ? "The run is kept for ever" : "The run is kept as long as the project keeps runs");
    },
    onError: (error) => toasts.failed("Could not change the run", error),
  });
  return () => update.mutate({ params: { path: { id: run.id } }, body: { is_kept: !run.is_kept } });
}

function Delete({ run, onClose }: { run: Run; onClose: () => void }) {
  const { projectId } = useAddress();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const remove = api.useMutation("delete", "/run/{id}", {
    onSuccess: async () => {
      await navigate(`/project/${projectId}/runs`);
      toasts.done("The run was deleted", runName(run));
      void runsChanged(queryClient);
    },
    onError: (error) => {
      onClose();
      toasts.failed("Could not delete the run", error);
    },
  });
  return (
    <Confirm
      title={`Delete ${runName(run)}?`}
      action="Delete"
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { path: { id: run.id } } })}
      onClose={onClose}
    >
      Its {run.summary.tests.toLocaleString()} results and all artifacts go with it. This cannot be undone.
    </Confirm>
  );
}
