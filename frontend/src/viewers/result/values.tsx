/** Values of any shape as tables within tables, in which addresses can be followed. */
import { Button } from "@patternfly/react-core";
import { useState } from "react";

import { isRecord } from "./markers";
import { LinkedText } from "./linked-text";

const DEPTH = 6;
const ENTRIES = 100;
const CHARACTERS = 2000;

export function Values({ values, depth = 0 }: { values: Record<string, unknown>; depth?: number }) {
  const [isWhole, setWhole] = useState(false);
  const entries = Object.entries(values);
  return (
    <>
      <dl className="values">
        {entries.slice(0, isWhole ? undefined : ENTRIES).map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              <Value value={value} depth={depth} />
            </dd>
          </div>
        ))}
      </dl>
      {entries.length > ENTRIES && !isWhole && (
        <Button variant="link" isInline onClick={() => setWhole(true)}>
          {entries.length - ENTRIES} more
        </Button>
      )}
    </>
  );
}

function Value({ value, depth }: { value: unknown; depth: number }) {
  if (value === null || value === undefined) return <span className="result-subtle">none</span>;
  if (typeof value === "string") return <Text text={value} />;
  if (typeof value !== "object") return <>{JSON.stringify(value)}</>;
  if (depth >= DEPTH) return <Text text={JSON.stringify(value)} />;
  if (isRecord(value))
    return Object.keys(value).length > 0 ? <Values values={value} depth={depth + 1} /> : <Nothing />;
  const items = value as unknown[];
  if (items.length === 0) return <Nothing />;
  if (items.every((item) => !isNested(item))) return <Text text={items.map(String).join(", ")} />;
  return (
    <Values values={Object.fromEntries(items.map((item, at) => [String(at + 1), item]))} depth={depth + 1} />
  );
}

function Nothing() {
  return <span className="result-subtle">empty</span>;
}

function Text({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (text === "") return <Nothing />;
  const shown = isWhole ? text : text.slice(0, CHARACTERS);
  return (
    <span className="values-text">
      <LinkedText text={shown} />
      {shown.length < text.length && (
        <>
          {"… "}
          <Button variant="link" isInline onClick={() => setWhole(true)}>
            All {text.length.toLocaleString()} characters
          </Button>
        </>
      )}
    </span>
  );
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
