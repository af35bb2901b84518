/** What has become of an import, in a word, and in the sentences of the server. */
import { ExpandableSection, Label, type LabelProps } from "@patternfly/react-core";

import type { Import } from "@/api/types";

const STATUS: Record<Import["status"], { text: string; status?: LabelProps["status"] }> = {
  pending: { text: "Waiting" },
  running: { text: "Importing", status: "info" },
  done: { text: "Done", status: "success" },
  error: { text: "Failed", status: "danger" },
};

export function StatusLabel({ status }: { status: Import["status"] }) {
  const { text, status: kind } = STATUS[status];
  return (
    <Label variant="outline" status={kind}>
      {text}
    </Label>
  );
}

export function isUnfinished({ status }: Import): boolean {
  return status === "pending" || status === "running";
}

/** What was left out, closed at first. */
export function Warnings({ of }: { of: Import }) {
  const warnings = warningsOf(of);
  if (warnings.length === 0) return null;
  return (
    <ExpandableSection toggleText={warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`}>
      <ul className="import-warnings">
        {warnings.map((warning, index) => (
          <li key={index}>{warning}</li>
        ))}
      </ul>
    </ExpandableSection>
  );
}

export function warningsOf({ metadata }: Import): string[] {
  const found: unknown = metadata.warnings;
  return Array.isArray(found) ? found.map(String) : [];
}
