/** Whatever else is known of a result, to be read, and as it was sent. */
import { ExpandableSection } from "@patternfly/react-core";
import { useState } from "react";

import type { Result } from "@/api/types";
import { CopyButton } from "@/components/copy-button";

import { Section } from "./section";
import { Values } from "./values";

/** Told elsewhere on the page. */
const TOLD = new Set([
  ...["exception_name", "message", "short_tb", "traceback", "skip_reason", "xfail_reason"],
  ...["statuses", "durations", "markers", "classification", "classification_comment"],
]);

export function Metadata({ metadata }: { metadata: Result["metadata"] }) {
  const [isRaw, setRaw] = useState(false);
  const others = Object.entries(metadata)
    .filter(([key, value]) => value !== null && !TOLD.has(key))
    .sort(([one], [other]) => one.localeCompare(other));
  const json = () => JSON.stringify(metadata, null, 2);
  return (
    <Section title="Metadata" name="metadata">
      {others.length > 0 ? (
        <Values values={Object.fromEntries(others)} />
      ) : (
        <p className="result-subtle">Nothing but what is shown above.</p>
      )}
      <ExpandableSection
        toggleText={isRaw ? "Hide the JSON" : "Show all of it as JSON"}
        isExpanded={isRaw}
        onToggle={(_, isOpen) => setRaw(isOpen)}
      >
        {isRaw && (
          <div className="result-json">
            <CopyButton text={json} label="Copy the JSON" />
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
            <pre className="mono" tabIndex={0} aria-label="Metadata as JSON">
              {json()}
            </pre>
          </div>
        )}
      </ExpandableSection>
    </Section>
  );
}
