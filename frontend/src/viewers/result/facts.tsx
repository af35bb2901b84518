/** The parameters of a test, its markers, and where its time went. */
import { Label, LabelGroup } from "@patternfly/react-core";

import type { Result } from "@/api/types";

import { isRecord, markersOf, type Marker } from "./markers";
import { Phases } from "./phases";
import { Section } from "./section";
import { Values } from "./values";

export function Facts({ result }: { result: Result }) {
  const params = Object.entries(result.params ?? {});
  const markers = markersOf(result.metadata);
  return (
    <>
      {params.length > 0 && (
        <Section title="Parameters" name="parameters">
          <Values values={Object.fromEntries(params)} />
        </Section>
      )}
      <Phases durations={result.metadata.durations} statuses={result.metadata.statuses} />
      {markers.length > 0 && (
        <Section title="Markers" name="markers">
          <LabelGroup aria-label="Markers" numLabels={20}>
            {markers.map((marker, index) => (
              <Label key={index} isCompact variant="outline" className="mono">
                {written(marker)}
              </Label>
            ))}
          </LabelGroup>
        </Section>
      )}
    </>
  );
}

/** As in the code of the test. */
function written({ name, args, kwargs }: Marker): string {
  const all = [
    ...args.map(literal),
    ...Object.entries(kwargs).map(([key, value]) => `${key}=${literal(value)}`),
  ];
  return all.length > 0 ? `${name}(${all.join(", ")})` : name;
}

function literal(value: unknown): string {
  if (typeof value === "string" || isRecord(value) || Array.isArray(value)) return JSON.stringify(value);
  return String(value);
}
