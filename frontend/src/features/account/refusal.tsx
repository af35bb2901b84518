/** Why the server did not do what a form asked for, next to the form. */
import { Alert } from "@patternfly/react-core";

import { problemOf } from "@/api/problem";
import { formatDuration } from "@/components/times";

/** A refusal together with how long to wait before the next try. */
export class Refusal extends Error {
  constructor(
    readonly problem: unknown,
    response: Response,
  ) {
    super(problemOf(problem).detail);
    this.seconds = Number(response.headers.get("Retry-After")) || undefined;
  }
  readonly seconds: number | undefined;
}

export function RefusalAlert({ title, error }: { title: string; error: Refusal | Error | null }) {
  if (error === null) return null;
  const { status, detail } = problemOf(error instanceof Refusal ? error.problem : error);
  if (status === 429) return <TooOften seconds={error instanceof Refusal ? error.seconds : undefined} />;
  return (
    <Alert
      role="alert"
      component="p"
      isInline
      variant="danger"
      title={status === 0 ? "No connection" : title}
    >
      {detail}
    </Alert>
  );
}

function TooOften({ seconds }: { seconds: number | undefined }) {
  return (
    <Alert role="alert" component="p" isInline variant="warning" title="Too many attempts">
      {seconds === undefined ? "Try again later." : `Try again in ${formatDuration(seconds)}.`}
    </Alert>
  );
}
