/** One result, wherever it is shown: why it failed, its history, its facts, its artifacts. */
import type { ReactNode } from "react";

import { api } from "@/api/client";
import type { Result } from "@/api/types";
import { isFailure } from "@/components/outcomes";
import { Failed, Loading } from "@/components/states";

import { ArtifactsSection } from "./artifacts-section";
import { Attempts } from "./attempts";
import { ClassificationSection } from "./classification-section";
import { Excuse } from "./excuse";
import { Facts } from "./facts";
import { FailureSection } from "./failure-section";
import { HistorySection } from "./history-section";
import { Metadata } from "./metadata";
import { ResultHead } from "./result-head";
import "./result.css";
import { SectionLevel } from "./section";

export type ResultViewProps = {
  resultId: string;
  /** The project whose pages are linked to. */
  projectId: string;
  /** Called when the result changed, for example when it was classified. */
  onChange?: (result: Result) => void;
  /** Level of the heading with the name of the test; none where the page around it shows that already. */
  headingLevel?: 2 | 3 | null;
  /** Buttons next to the heading. */
  actions?: ReactNode;
};

export function ResultView({ resultId, projectId, onChange, headingLevel = 2, actions }: ResultViewProps) {
  const result = api.useQuery("get", "/result/{id}", { params: { path: { id: resultId } } });
  if (result.isPending) return <Loading what="the result" lines={8} />;
  if (result.isError)
    return <Failed error={result.error} what="this result" onRetry={() => void result.refetch()} />;
  return (
    <SectionLevel value={headingLevel === 3 ? 4 : headingLevel === 2 ? 3 : 2}>
      <article key={resultId} className="result" aria-label={result.data.test_id ?? "Result"}>
        <Told result={result.data} {...{ projectId, onChange, headingLevel, actions }} />
      </article>
    </SectionLevel>
  );
}

function Told({
  result,
  projectId,
  onChange,
  headingLevel = 2,
  actions,
}: Omit<ResultViewProps, "resultId"> & { result: Result }) {
  const isUnsuccessful = isFailure(result.result) || result.result === "xfailed";
  return (
    <>
      <ResultHead {...{ result, projectId, headingLevel, actions }} />
      {isUnsuccessful && <FailureSection result={result} />}
      <Excuse result={result} />
      <Attempts attempts={result.attempts} />
      <HistorySection result={result} projectId={projectId} />
      <ClassificationSection result={result} projectId={projectId} onChange={onChange} />
      <Facts result={result} />
      <ArtifactsSection resultId={result.id} projectId={projectId} />
      <Metadata metadata={result.metadata} />
    </>
  );
}
