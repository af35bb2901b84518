/** What the list of imports says about each, and what can be done with it. */
import { Button } from "@patternfly/react-core";
import RedoIcon from "@patternfly/react-icons/dist/esm/icons/redo-icon";
import TrashIcon from "@patternfly/react-icons/dist/esm/icons/trash-icon";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api } from "@/api/client";
import type { Import } from "@/api/types";
import { Confirm } from "@/components/confirm";
import type { Column } from "@/components/data-table";
import { Ago } from "@/components/times";
import { useToasts } from "@/components/toasts";

import { isUnfinished, StatusLabel, Warnings } from "./import-status";
import { useImportAction } from "./use-import-action";

export function columnsFor(projectId: string, mayDelete: boolean): readonly Column<Import>[] {
  const actions: Column<Import> = {
    id: "actions",
    header: "Actions",
    cell: (found) => <Actions found={found} />,
    width: "8rem",
  };
  return [
    { id: "file", header: "File", cell: (found) => <FileCell found={found} /> },
    { id: "status", header: "Status", cell: ({ status }) => <StatusLabel status={status} /> },
    { id: "created", header: "Uploaded", cell: ({ created }) => <Ago time={created} /> },
    { id: "format", header: "Format", cell: ({ format }) => format ?? "–" },
    { id: "results", header: "Results", cell: ({ progress }) => progress.done.toLocaleString() },
    { id: "run", header: "Run", cell: (found) => <RunLink found={found} projectId={projectId} /> },
    ...(mayDelete ? [actions] : []),
  ];
}

function FileCell({ found }: { found: Import }) {
  return (
    <>
      <span className="breakable">{nameOf(found)}</span>
      {found.status === "error" && <div className="import-note">{found.error}</div>}
      <Warnings of={found} />
    </>
  );
}

function RunLink({ found: { run_id, filename, status }, projectId }: { found: Import; projectId: string }) {
  if (run_id === null) return status === "done" ? "Deleted" : "–";
  return (
    <Link to={`/project/${projectId}/runs/${run_id}`}>
      Look at the run <span className="pf-v6-screen-reader">of {filename ?? "the file"}</span>
    </Link>
  );
}

function Actions({ found }: { found: Import }) {
  const retry = useImportAction("/import/{id}/retry", "The import was not tried again");
  return (
    <>
      {found.status === "error" && (
        <Button
          variant="plain"
          size="sm"
          icon={<RedoIcon />}
          aria-label={`Retry ${nameOf(found)}`}
          isDisabled={retry.isPending}
          onClick={() => retry.act(found.id)}
        />
      )}
      <DeleteImport found={found} />
    </>
  );
}

function DeleteImport({ found }: { found: Import }) {
  const [isAsked, setAsked] = useState(false);
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const remove = api.useMutation("delete", "/import/{id}", {
    onSuccess: () => toasts.done(`The import of ${nameOf(found)} is deleted`),
    onError: (error) => toasts.failed("The import was not deleted", error),
    onSettled: () => {
      setAsked(false);
      return queryClient.invalidateQueries({ queryKey: ["get", "/import"] });
    },
  });
  return (
    <>
      <Button
        variant="plain"
        size="sm"
        icon={<TrashIcon />}
        aria-label={`Delete ${nameOf(found)}`}
        onClick={() => setAsked(true)}
      />
      {isAsked && (
        <Confirm
          title={`Delete the import of ${nameOf(found)}?`}
          action="Delete"
          isBusy={remove.isPending}
          onConfirm={() => remove.mutate({ params: { path: { id: found.id } } })}
          onClose={() => setAsked(false)}
        >
          {isUnfinished(found)
            ? "It is not finished: it is cancelled, and nothing of it is stored."
            : "Its run stays. What the import said about it is forgotten."}
        </Confirm>
      )}
    </>
  );
}

function nameOf({ filename }: Import): string {
  return filename ?? "a file without a name";
}
