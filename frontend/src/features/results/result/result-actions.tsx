/** Ways on from a result: its neighbours in the run, the run, the same test elsewhere, and a link to hand on. */
import { Button } from "@patternfly/react-core";
import AngleLeftIcon from "@patternfly/react-icons/dist/esm/icons/angle-left-icon";
import AngleRightIcon from "@patternfly/react-icons/dist/esm/icons/angle-right-icon";
import type { ComponentType } from "react";
import { Link, useNavigate } from "react-router";

import { api } from "@/api/client";
import type { Result, RunTest } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { isFailure } from "@/components/outcomes";
import { useShortcuts } from "@/components/shortcuts";
import { formatFilter } from "@/filters/filter";

export function ResultActions({ result, projectId }: { result: Result; projectId: string }) {
  const { id, run_id: runId, test_id: testId } = result;
  const home = `/project/${projectId}`;
  const tab = isFailure(result.result) ? "failures" : "tree";
  return (
    <>
      {runId !== null && <Neighbours id={id} runId={runId} projectId={projectId} />}
      {runId !== null && <LinkButton to={`${home}/runs/${runId}/${tab}/${id}`}>Show in its run</LinkButton>}
      {testId !== null && (
        <LinkButton to={`${home}/results?${filterOf(testId)}`}>All results of this test</LinkButton>
      )}
      <CopyButton text={() => location.href} label="Copy the link" />
    </>
  );
}

function filterOf(testId: string): string {
  const filter = formatFilter({ field: "test_id", operator: "=", value: testId });
  return new URLSearchParams({ filter }).toString();
}

function Neighbours({ id, runId, projectId }: { id: string; runId: string; projectId: string }) {
  const { data } = api.useQuery("get", "/run/{id}/tests", { params: { path: { id: runId } } });
  const tests = data?.tests ?? [];
  const at = tests.findIndex((test) => test.id === id);
  const previous = at > 0 ? tests[at - 1] : undefined;
  const next = at >= 0 ? tests[at + 1] : undefined;
  const navigate = useNavigate();
  const path = (test: RunTest) => `/project/${projectId}/results/${test.id}`;
  const go = (test: RunTest | undefined) => {
    if (test) void navigate(path(test));
  };
  useShortcuts({ "[": () => go(previous), "]": () => go(next) });
  if (at < 0) return null;
  return (
    <span className="result-neighbours">
      <Neighbour what="Previous result" keyName="[" icon={AngleLeftIcon} to={previous && path(previous)} />
      <span>
        {(at + 1).toLocaleString()} of {data?.is_complete === false && "more than "}
        {tests.length.toLocaleString()}
      </span>
      <Neighbour what="Next result" keyName="]" icon={AngleRightIcon} to={next && path(next)} />
    </span>
  );
}

function Neighbour({
  what,
  keyName,
  icon: Icon,
  to,
}: {
  what: string;
  keyName: string;
  icon: ComponentType;
  to: string | undefined;
}) {
  if (to === undefined)
    return (
      <Button variant="plain" icon={<Icon />} aria-label={what} isDisabled title={`${what}: there is none`} />
    );
  return (
    <Button
      variant="plain"
      icon={<Icon />}
      aria-label={what}
      aria-keyshortcuts={keyName}
      title={`${what} of the run (${keyName})`}
      component={(props: object) => <Link {...props} to={to} />}
    />
  );
}

function LinkButton({ to, children }: { to: string; children: string }) {
  return (
    <Button variant="secondary" component={(props: object) => <Link {...props} to={to} />}>
      {children}
    </Button>
  );
}
