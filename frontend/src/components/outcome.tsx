/** An outcome as icon and word, and the outcomes of a run as a bar and as numbers. */
import BanIcon from "@patternfly/react-icons/dist/esm/icons/ban-icon";
import CheckCircleIcon from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import ExclamationCircleIcon from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import ExclamationTriangleIcon from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import ForwardIcon from "@patternfly/react-icons/dist/esm/icons/forward-icon";
import MinusCircleIcon from "@patternfly/react-icons/dist/esm/icons/minus-circle-icon";
import QuestionCircleIcon from "@patternfly/react-icons/dist/esm/icons/question-circle-icon";
import TimesCircleIcon from "@patternfly/react-icons/dist/esm/icons/times-circle-icon";
import UserIcon from "@patternfly/react-icons/dist/esm/icons/user-icon";
import type { ComponentType, CSSProperties } from "react";

import "./outcomes.css";
import { type OutcomeFacts, type OutcomeName, OUTCOMES, outcomeOf } from "./outcomes";

const ICONS: Record<OutcomeName, ComponentType> = {
  passed: CheckCircleIcon,
  failed: TimesCircleIcon,
  error: ExclamationCircleIcon,
  skipped: ForwardIcon,
  xpassed: ExclamationTriangleIcon,
  xfailed: MinusCircleIcon,
  blocked: BanIcon,
  manual: UserIcon,
  unknown: QuestionCircleIcon,
};

/** `compact` leaves the word to screen readers and the tooltip. */
export function OutcomeLabel({
  name,
  compact = false,
}: {
  name: string | null | undefined;
  compact?: boolean;
}) {
  const outcome = outcomeOf(name);
  const Icon = ICONS[outcome.name];
  return (
    <span className="outcome" style={{ "--outcome": outcome.color } as CSSProperties} title={outcome.label}>
      <span aria-hidden>
        <Icon />
      </span>
      <span className={compact ? "pf-v6-u-screen-reader" : undefined}>{outcome.label}</span>
    </span>
  );
}

type Summary = Record<string, unknown>;

/** What is not zero, in the order of the table of outcomes. */
export function countsOf(summary: Summary): { outcome: OutcomeFacts; count: number }[] {
  return OUTCOMES.map((outcome) => ({ outcome, count: numberAt(summary, outcome.counted) })).filter(
    ({ count }) => count > 0,
  );
}

export function OutcomeBar({ summary }: { summary: Summary }) {
  const counts = countsOf(summary);
  const text = counts.map(({ outcome, count }) => `${count} ${outcome.label.toLowerCase()}`).join(", ");
  return (
    <div className="outcome-bar" role="img" aria-label={text || "No results"} title={text || "No results"}>
      {counts.map(({ outcome, count }) => (
        <span key={outcome.name} style={{ flexGrow: count, background: outcome.color }} />
      ))}
    </div>
  );
}

/** The numbers; with `render`, each is what that makes of it, such as a link. */
export function OutcomeCounts({
  summary,
  render = (_, content) => content,
}: {
  summary: Summary;
  render?: (outcome: OutcomeFacts, content: React.ReactNode) => React.ReactNode;
}) {
  return (
    <span className="outcome-counts">
      {countsOf(summary).map(({ outcome, count }) => {
        const Icon = ICONS[outcome.name];
        const content = (
          <span
            className="outcome"
            style={{ "--outcome": outcome.color } as CSSProperties}
            title={outcome.label}
          >
            <span aria-hidden>
              <Icon />
            </span>
            {count.toLocaleString()}
            <span className="pf-v6-u-screen-reader"> {outcome.label}</span>
          </span>
        );
        return <span key={outcome.name}>{render(outcome, content)}</span>;
      })}
    </span>
  );
}

function numberAt(summary: Summary, key: string | undefined): number {
  const value = key === undefined ? undefined : summary[key];
  return typeof value === "number" ? value : 0;
}
