/** One artifact with the whole page to itself; `#L120` leads to a line of a log, `?compare=side` shows an image beside others. */
import { useNavigate, useParams } from "react-router";

import { api } from "@/api/client";
import { Page, type Crumb } from "@/components/page";
import { Failed, Loading } from "@/components/states";
import { ArtifactViewer } from "@/viewers/artifact/artifact-viewer";
import { entryOf, mayBeCompared } from "@/viewers/artifact/entries";

/** More are never listed at once. */
const MOST = 500;

export function ArtifactPage() {
  const { projectId = "", artifactId = "" } = useParams();
  const navigate = useNavigate();
  const { data, error, isPending, refetch } = api.useQuery("get", "/artifact/{id}", {
    params: { path: { id: artifactId } },
  });
  const { result_id: resultId = null, run_id: runId = null } = data ?? {};
  const result = api.useQuery(
    "get",
    "/result/{id}",
    { params: { path: { id: resultId ?? "" } } },
    { enabled: resultId !== null },
  ).data;
  const crumbs: Crumb[] = [{ label: "Runs", to: `/project/${projectId}/runs` }];
  if (runId !== null)
    crumbs.push({ label: `Run ${runId.slice(0, 8)}`, to: `/project/${projectId}/runs/${runId}` });
  if (resultId !== null)
    crumbs.push({ label: result?.test_id ?? "Result", to: `/project/${projectId}/results/${resultId}` });
  const others = api.useQuery(
    "get",
    "/artifact",
    {
      params: {
        query: { ...(resultId === null ? { runId: runId ?? undefined } : { resultId }), pageSize: MOST },
      },
    },
    { enabled: data !== undefined && mayBeCompared(data) },
  );
  return (
    <Page title={data?.filename ?? "Artifact"} crumbs={crumbs}>
      {isPending || others.isLoading ? (
        <Loading what="the artifact" />
      ) : error ? (
        <Failed error={error} what="this artifact" onRetry={() => void refetch()} />
      ) : (
        <ArtifactViewer
          isFull
          entry={entryOf(data, others.data?.artifacts ?? [])}
          projectId={projectId}
          onDeleted={() => void navigate(crumbs.at(-1)?.to ?? "/project")}
        />
      )}
    </Page>
  );
}
