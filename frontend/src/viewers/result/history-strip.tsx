/** Outcomes side by side, the oldest on the left; each leads to its result. */
import { Tooltip } from "@patternfly/react-core";
import { Link } from "react-router";

import type { PastResult } from "@/api/types";
import { OutcomeLabel } from "@/components/outcome";
import { outcomeOf } from "@/components/outcomes";
import { formatAgo, formatDuration, formatTime } from "@/components/times";

import { resultPath } from "./history";

export function HistoryStrip({
  results,
  currentId,
  projectId,
  search,
}: {
  results: readonly PastResult[];
  currentId: string;
  projectId: string;
  /** Kept in the links, with its question mark. */
  search: string;
}) {
  return (
    <ol className="history-strip" aria-label="Results of this test, the oldest first">
      {results.map((result) => {
        const { label, color } = outcomeOf(result.result);
        const isCurrent = result.id === currentId;
        const facts = factsOf(result);
        return (
          <li key={result.id}>
            <Tooltip aria="none" content={<Facts result={result} />}>
              <Link
                to={resultPath(projectId, result.id) + search}
                className="history-block"
                style={{ background: color }}
                aria-current={isCurrent ? "true" : undefined}
                aria-label={[label, formatAgo(result.start_time), ...facts].join(", ")}
              >
                <span aria-hidden>
                  <OutcomeLabel name={result.result} compact />
                </span>
              </Link>
            </Tooltip>
          </li>
        );
      })}
    </ol>
  );
}

function Facts({ result }: { result: PastResult }) {
  return (
    <>
      <div>
        <strong>{outcomeOf(result.result).label}</strong> {formatAgo(result.start_time)},{" "}
        {formatDuration(result.duration)}
      </div>
      <div>{formatTime(result.start_time)}</div>
      {factsOf(result).map((fact, index) => (
        <div key={index} className="history-fact">
          {fact}
        </div>
      ))}
    </>
  );
}

/** Where it ran, and why it failed. */
function factsOf({ component, env, source, exception_name, message, classification }: PastResult): string[] {
  const place = [component, env, source].filter(Boolean).join(", ");
  const reason = message?.startsWith(exception_name ?? " ")
    ? message
    : [exception_name, message].filter(Boolean).join(": ");
  return [place, reason, classification?.replaceAll("_", " ")].filter(
    (fact) => fact != null && fact !== "",
  ) as string[];
}
