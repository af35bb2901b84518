/** How long setting up, the test itself and cleaning up took, and how each ended. */
import type { CSSProperties } from "react";

import { OutcomeLabel } from "@/components/outcome";
import { formatDuration } from "@/components/times";

import { isRecord } from "./markers";
import { Section } from "./section";

const PHASES = [
  { name: "setup", label: "Setup", color: "var(--pf-t--global--border--color--nonstatus--teal--default)" },
  { name: "call", label: "Test", color: "var(--pf-t--global--border--color--nonstatus--blue--default)" },
  {
    name: "teardown",
    label: "Teardown",
    color: "var(--pf-t--global--border--color--nonstatus--orange--default)",
  },
] as const;

export function Phases({ durations, statuses }: { durations: unknown; statuses: unknown }) {
  const phases = PHASES.flatMap((phase) => {
    const seconds = isRecord(durations) ? durations[phase.name] : undefined;
    if (typeof seconds !== "number") return [];
    return [{ ...phase, seconds, status: statusOf(statuses, phase.name) }];
  });
  if (phases.length === 0) return null;
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0) || 1;
  return (
    <Section title="Time" name="time">
      <div className="phases" aria-hidden>
        {phases.map(({ name, color, seconds }) => (
          <span key={name} style={{ flexGrow: (100 * seconds) / total, background: color }} />
        ))}
      </div>
      <ul className="phase-names">
        {phases.map(({ name, label, color, seconds, status }) => (
          <li key={name} style={{ "--phase": color } as CSSProperties}>
            {label} <b>{formatDuration(seconds)}</b>
            {status !== undefined && status !== "passed" && <OutcomeLabel name={status} />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** pytest-ibutsu sends `["skipped", true]` for a phase that failed as it was expected to. */
function statusOf(statuses: unknown, phase: string): string | undefined {
  const sent: unknown = isRecord(statuses) ? statuses[phase] : undefined;
  const [outcome, isXfail] = Array.isArray(sent) ? (sent as unknown[]) : [sent];
  if (typeof outcome !== "string") return undefined;
  if (isXfail === true) return outcome === "passed" ? "xpassed" : "xfailed";
  return outcome;
}
