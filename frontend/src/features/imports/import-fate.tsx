/** What has become of a file that was sent: asked again and again until it is over. */
import { Alert, Button, Progress } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Link } from "react-router";

import { runsChanged } from "@/api/changes";
import { api } from "@/api/client";
import { problemOf } from "@/api/problem";
import type { Import } from "@/api/types";

import { isUnfinished, StatusLabel, Warnings } from "./import-status";
import { useImportAction } from "./use-import-action";

const POLL_MS = 1500;

export function ImportFate({
  id,
  wasThere,
  projectId,
  head,
  dismiss,
}: {
  id: string;
  /** Whether the file had been imported before it was sent. */
  wasThere: boolean;
  projectId: string;
  head: (actions: ReactNode) => ReactNode;
  dismiss: ReactNode;
}) {
  const asked = api.useQuery(
    "get",
    "/import/{id}",
    { params: { path: { id } } },
    { refetchInterval: ({ state: { data, error } }) => (isOver(data, error) ? false : POLL_MS) },
  );
  const cancel = useImportAction("/import/{id}/cancel", "The import was not cancelled");
  const retry = useImportAction("/import/{id}/retry", "The import was not tried again");
  const found = asked.data;
  useFreshRuns(found?.status === "done");
  if (asked.isError && problemOf(asked.error).status === 404)
    return (
      <>
        {head(dismiss)}
        <div className="upload-fate import-note" role="status">
          The import was deleted.
        </div>
      </>
    );
  if (found === undefined)
    return (
      <>
        {head(dismiss)}
        <div className="upload-fate import-note" role="status">
          {asked.isError
            ? `It was sent, but what has become of it cannot be asked: ${problemOf(asked.error).detail}`
            : "Sent"}
        </div>
      </>
    );
  if (isUnfinished(found))
    return (
      <>
        {head(
          <Button
            variant="link"
            aria-label={`Cancel: ${found.filename ?? "the file"}`}
            isLoading={cancel.isPending}
            onClick={() => cancel.act(id)}
          >
            Cancel
          </Button>,
        )}
        <Under found={found} />
      </>
    );
  if (found.status === "error")
    return (
      <>
        {head(
          <>
            <Button
              variant="secondary"
              aria-label={`Retry: ${found.filename ?? "the file"}`}
              isLoading={retry.isPending}
              onClick={() => retry.act(id)}
            >
              Retry
            </Button>
            {dismiss}
          </>,
        )}
        <Alert
          role="alert"
          className="upload-fate breakable"
          component="p"
          isInline
          variant="danger"
          title="It could not be imported"
        >
          {found.error}
        </Alert>
      </>
    );
  return (
    <>
      {head(dismiss)}
      <div className="upload-fate">
        <div className="upload-line" role="status">
          <StatusLabel status="done" />
          {wasThere && <span>It had been imported already.</span>}
          <span>{results(found.progress.done)}</span>
          {found.run_id !== null && (
            <Link to={`/project/${projectId}/runs/${found.run_id}`}>Look at the run</Link>
          )}
        </div>
        <Warnings of={found} />
      </div>
    </>
  );
}

/** Whether nothing new will be heard of it: it has ended, or the server refuses to tell. */
function isOver(found: Import | undefined, error: unknown): boolean {
  if (error !== null) return isRefusal(problemOf(error).status);
  return found !== undefined && !isUnfinished(found);
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}

/** Lists of runs lack the run of an import until they are asked for again. */
function useFreshRuns(isDone: boolean): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (isDone) void runsChanged(queryClient);
  }, [isDone, queryClient]);
}

/** Reading comes first and has no end that is known; storing has. */
function Under({ found: { progress, filename, status } }: { found: Import }) {
  const { seen, done } = progress;
  if (done === 0)
    return (
      <div className="upload-fate upload-line" role="status">
        <StatusLabel status={status} />
        {seen > 0 && <span>{results(seen)} read so far</span>}
      </div>
    );
  return (
    <div className="upload-fate">
      <Progress
        size="sm"
        title={
          <Told
            visible={`${done.toLocaleString()} of ${results(seen)} stored`}
            more={filename ?? "the file"}
          />
        }
        value={seen > 0 ? Math.floor((done / seen) * 100) : 0}
      />
    </div>
  );
}

/** The title of a bar, which is also its name: screen readers are told which file it is about. */
export function Told({ visible, more }: { visible: string; more: string }) {
  return (
    <>
      {visible}
      <span className="pf-v6-screen-reader">: {more}</span>
    </>
  );
}

function results(count: number): string {
  return count === 1 ? "1 result" : `${count.toLocaleString()} results`;
}
