/** Why a test was skipped, or why its failure was expected. */
import type { Result } from "@/api/types";

import { excuseOf } from "./markers";
import { LinkedText } from "./linked-text";
import { Section } from "./section";

const TITLES: Record<string, string> = {
  skipped: "Why it was skipped",
  xfailed: "Why it was expected to fail",
  xpassed: "Why it was expected to fail",
  blocked: "Why it was blocked",
};

export function Excuse({ result }: { result: Result }) {
  const title = TITLES[result.result ?? ""];
  if (title === undefined) return null;
  const reason = excuseOf(result.metadata, result.result);
  return (
    <Section title={title} name="reason">
      <p className="result-excuse">
        {reason === null ? (
          <span className="result-subtle">No reason was given.</span>
        ) : (
          <LinkedText text={reason} />
        )}
      </p>
    </Section>
  );
}
