/** The metadata of a run: as a table to read, and as the JSON that it is. */
import { ExpandableSection } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useState } from "react";

import type { Run } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { isWebUrl } from "@/components/run-name";
import { Empty } from "@/components/states";

import { entriesOf } from "./metadata";

/** What is nested deeper is indented no further, and keys have room beside it. */
const MOST_INDENT = "15vw";
const KEY_WIDTH = "9rem";

export function MetadataTab({ run }: { run: Run }) {
  const [isOpen, setOpen] = useState(false);
  const entries = entriesOf(run.metadata);
  const json = JSON.stringify(run, null, 2);
  return (
    <>
      <h2 className="pf-v6-screen-reader">Metadata</h2>
      {entries.length === 0 ? (
        <Empty title="No metadata">Whoever reported this run said nothing but its results.</Empty>
      ) : (
        <Table role="table" aria-label="Metadata" variant="compact" gridBreakPoint="">
          <Thead>
            <Tr>
              <Th width={30}>Key</Th>
              <Th>Value</Th>
            </Tr>
          </Thead>
          <Tbody>
            {entries.map(({ path, key, depth, value, isGroup }) => (
              <Tr key={path}>
                <Th
                  dataLabel="Key"
                  className="breakable"
                  style={{
                    minWidth: KEY_WIDTH,
                    paddingInlineStart: `min(${depth * 1.5 + 1}rem, ${MOST_INDENT})`,
                  }}
                  title={path}
                >
                  {key}
                </Th>
                <Td dataLabel="Value" className="breakable">
                  {isGroup ? null : <Value value={value} />}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
      <div className="metadata-raw">
        <ExpandableSection
          toggleText="The run as JSON"
          isExpanded={isOpen}
          onToggle={(_, next) => setOpen(next)}
        >
          {isOpen && <pre className="mono metadata-json">{json}</pre>}
        </ExpandableSection>
        <CopyButton text={json} label="Copy JSON" variant="secondary" />
      </div>
    </>
  );
}

function Value({ value }: { value: unknown }) {
  if (isWebUrl(value))
    return (
      <a href={value} rel="noreferrer" target="_blank">
        {value}
      </a>
    );
  if (typeof value === "string") return <span className="metadata-text">{value}</span>;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null))
    return value.map(String).join(", ");
  return <span className="mono">{JSON.stringify(value)}</span>;
}
