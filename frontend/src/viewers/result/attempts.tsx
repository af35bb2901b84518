/** What each attempt of a test was like that was tried several times in its run. */
import type { Result } from "@/api/types";
import { OutcomeLabel } from "@/components/outcome";
import { firstLine, reasonOf } from "@/components/reason";
import { formatDuration } from "@/components/times";

import { Section } from "./section";

export function Attempts({ attempts }: { attempts: Result["attempts"] }) {
  if (attempts.length < 2) return null;
  return (
    <Section title={`${attempts.length} attempts`} name="attempts">
      <ol className="result-attempts">
        {attempts.map((attempt, index) => {
          const { exception, message } = reasonOf(attempt);
          const line = firstLine(message);
          return (
            <li key={index}>
              <OutcomeLabel name={attempt.result} />
              <span className="result-subtle">{formatDuration(attempt.duration)}</span>
              {(line !== null || exception !== null) && (
                <span className="mono breakable">{withException(exception, line)}</span>
              )}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

function withException(exception: string | null, line: string | null): string {
  if (line === null || exception === null || line.startsWith(exception)) return line ?? exception ?? "";
  return `${exception}: ${line}`;
}
