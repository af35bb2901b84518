/** Why a test failed: what was raised, what differed, and where. */
import { ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { lazy, Suspense, useMemo, useState } from "react";

import type { Result } from "@/api/types";
import { outcomeOf } from "@/components/outcomes";
import { reasonOf } from "@/components/reason";

import { comparisonOf } from "./comparison";
import { LinkedText } from "./linked-text";
import { Section } from "./section";
import { Traceback } from "./traceback-view";

const ComparisonView = lazy(() => import("./comparison-view"));

export function FailureSection({ result }: { result: Result }) {
  const { exception, message, traceback } = useMemo(() => reasonOf(result.metadata), [result.metadata]);
  const comparison = useMemo(() => comparisonOf(message, traceback), [message, traceback]);
  const [isRaw, setRaw] = useState(false);
  const { headline, details } = partsOf(message, exception);
  return (
    <div className="failure" style={{ borderColor: outcomeOf(result.result).color }}>
      <Section
        title={exception === null ? "Why it failed" : <code>{exception}</code>}
        name="failure"
        actions={
          comparison && (
            <ToggleGroup isCompact aria-label="How to show the message">
              <ToggleGroupItem text="Difference" isSelected={!isRaw} onChange={() => setRaw(false)} />
              <ToggleGroupItem text="Message" isSelected={isRaw} onChange={() => setRaw(true)} />
            </ToggleGroup>
          )
        }
      >
        {headline === "" ? (
          <p className="result-subtle">No message was sent.</p>
        ) : (
          <p className="failure-headline">
            <LinkedText text={headline} />
          </p>
        )}
        {comparison && !isRaw && (
          <Suspense fallback={<pre className="failure-details">{details}</pre>}>
            <ComparisonView comparison={comparison} />
          </Suspense>
        )}
        {(comparison === undefined || isRaw) && details !== "" && (
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
          <pre className="failure-details" tabIndex={0} aria-label="Message">
            {details}
          </pre>
        )}
        <Traceback result={result} short={traceback} />
      </Section>
    </div>
  );
}

/** The first line, without the name of what was raised, which is the heading; and all other lines. */
function partsOf(message: string | null, exception: string | null): { headline: string; details: string } {
  const [first = "", ...others] = (message ?? "").split(/\r?\n/);
  const name = exception?.split(/[.:]/).at(-1) ?? "";
  const start = new RegExp(`^(?:[\\w.$]*[.:])?${escaped(name)}(?: \\[\\w+\\])?:\\s+(?=\\S)`);
  return {
    headline: name === "" ? first.trim() : first.trim().replace(start, ""),
    details: others.join("\n").replace(/^(?:\s*\n)+|\s+$/g, ""),
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
