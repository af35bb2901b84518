/** Which test it was, how it ended, and whether that is new. */
import { Label } from "@patternfly/react-core";
import type { ReactNode } from "react";

import type { Result } from "@/api/types";
import { OutcomeLabel } from "@/components/outcome";
import { outcomeOf } from "@/components/outcomes";
import { Ago, formatDuration } from "@/components/times";

import { Streak } from "./streak";
import { TestId } from "./test-id";

export function ResultHead({
  result,
  projectId,
  headingLevel,
  actions,
}: {
  result: Result;
  projectId: string;
  headingLevel: 2 | 3 | null;
  actions?: ReactNode;
}) {
  const Heading = headingLevel === 3 ? "h3" : "h2";
  return (
    <header className="result-head">
      {(headingLevel !== null || actions !== undefined) && (
        <div className="result-title">
          {headingLevel !== null && (
            <Heading>
              <TestId id={result.test_id} />
            </Heading>
          )}
          {actions !== undefined && <div className="result-actions">{actions}</div>}
        </div>
      )}
      <div className="result-facts">
        <span className="result-outcome" style={{ borderColor: outcomeOf(result.result).color }}>
          <OutcomeLabel name={result.result} />
        </span>
        {result.metadata.flaky === true && (
          <Label isCompact color="yellow">
            Flaky
          </Label>
        )}
        <span>{formatDuration(result.duration)}</span>
        <Ago time={result.start_time} />
        {facts(result).map(([what, value]) => (
          <span key={what}>
            <span className="result-subtle">{what} </span>
            {value}
          </span>
        ))}
      </div>
      <Streak result={result} projectId={projectId} />
    </header>
  );
}

function facts({ component, env, source }: Result): [string, string][] {
  const all: [string, string | null][] = [
    ["Component", component],
    ["Environment", env],
    ["Source", source],
  ];
  return all.filter((fact): fact is [string, string] => fact[1] !== null && fact[1] !== "");
}
