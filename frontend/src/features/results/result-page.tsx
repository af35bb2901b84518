/** The page of one result, between those before and after it in its run. */
import { useParams } from "react-router";

import { api } from "@/api/client";
import type { Project, Result } from "@/api/types";
import { Page } from "@/components/page";
import { runName } from "@/components/run-name";
import { Failed, Loading } from "@/components/states";
import { ResultView } from "@/viewers/result/result-view";
import { shortTestId, TestId } from "@/viewers/result/test-id";

import { ResultActions } from "./result/result-actions";
import { useShownSection } from "./result/shown-section";

export function ResultPage() {
  const { projectId = "", resultId = "", tab } = useParams();
  const result = api.useQuery("get", "/result/{id}", { params: { path: { id: resultId } } });
  if (result.isPending)
    return (
      <Page title="Result">
        <Loading what="the result" lines={8} />
      </Page>
    );
  if (result.isError)
    return (
      <Page title="Result">
        <Failed error={result.error} what="this result" onRetry={() => void result.refetch()} />
      </Page>
    );
  return <Shown key={resultId} result={result.data} projectId={projectId} section={tab} />;
}

function Shown({
  result,
  projectId,
  section,
}: {
  result: Result;
  projectId: string;
  section: string | undefined;
}) {
  useShownSection(section);
  const crumbs = useCrumbs(result, projectId);
  return (
    <Page
      title={shortTestId(result.test_id)}
      heading={<TestId id={result.test_id} />}
      crumbs={crumbs}
      actions={<ResultActions result={result} projectId={projectId} />}
    >
      <ResultView resultId={result.id} projectId={projectId} headingLevel={null} />
    </Page>
  );
}

function useCrumbs({ run_id: runId }: Result, projectId: string) {
  const project = api.useQuery("get", "/project/{id}", { params: { path: { id: projectId } } });
  const run = api.useQuery(
    "get",
    "/run/{id}",
    { params: { path: { id: runId ?? "" } } },
    { enabled: runId !== null },
  );
  const home = `/project/${projectId}`;
  return [
    { label: project.data ? titleOf(project.data) : "Project", to: home },
    { label: "Runs", to: `${home}/runs` },
    ...(runId === null ? [] : [{ label: run.data ? runName(run.data) : "Run", to: `${home}/runs/${runId}` }]),
  ];
}

function titleOf({ title, name }: Project): string {
  return title === null || title === "" ? name : title;
}
