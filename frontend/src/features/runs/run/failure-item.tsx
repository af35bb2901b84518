/** A test that failed: how, since when, and what people say about it. */
import { Checkbox, Label } from "@patternfly/react-core";

import type { Failure } from "@/api/types";
import { OutcomeLabel } from "@/components/outcome";
import { isFailure, outcomeOf } from "@/components/outcomes";
import { formatDuration } from "@/components/times";

import { ClassificationLabel } from "./classification-label";
import { ResultLink } from "./result-link";

export function FailureItem({
  failure,
  hasPrevious,
  isChosen,
  onChoose,
}: {
  failure: Failure;
  hasPrevious: boolean;
  /** Undefined where one may not choose. */
  isChosen: boolean | undefined;
  onChoose: (isChosen: boolean) => void;
}) {
  const { id, test_id, result, is_new, duration, classification } = failure;
  const test = test_id ?? "A test without a name";
  return (
    <li className="failure-test">
      {isChosen !== undefined && (
        <Checkbox
          id={`choose-${id}`}
          aria-label={`Select ${test}`}
          isChecked={isChosen}
          onChange={(_, next) => onChoose(next)}
        />
      )}
      <OutcomeLabel name={result} compact />
      <ResultLink id={id}>{test}</ResultLink>
      <span className="failure-facts">
        {is_new && (
          <Label isCompact color="orange">
            New
          </Label>
        )}
        <ClassificationLabel name={classification} />
        {hasPrevious && <span>{sinceWhen(failure)}</span>}
        <span>{formatDuration(duration)}</span>
      </span>
    </li>
  );
}

function sinceWhen({ is_new, previous_result: before }: Failure): string {
  if (before == null) return is_new ? "not in the previous run" : "";
  return isFailure(before) ? "failed before" : `${outcomeOf(before).label.toLowerCase()} before`;
}
