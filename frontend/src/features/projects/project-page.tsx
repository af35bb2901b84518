/** The address of a project: leads to its runs, or to how to send the first ones. */
import { Navigate, useParams } from "react-router";

import { Page } from "@/components/page";
import { Failed, Loading } from "@/components/states";

import { useFirstRun } from "./use-first-run";

export function ProjectPage() {
  const { projectId = "" } = useParams();
  const { run, error, refetch } = useFirstRun(projectId, { isWaiting: false });
  if (run !== undefined)
    return <Navigate to={`/project/${projectId}/${run === null ? "start" : "runs"}`} replace />;
  return (
    <Page title="Project">
      {error ? (
        <Failed error={error} what="this project" onRetry={() => void refetch()} />
      ) : (
        <Loading what="the project" />
      )}
    </Page>
  );
}
