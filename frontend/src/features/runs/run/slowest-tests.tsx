/** The tests that took longest, for all who do not point at the timeline. */
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";

import type { RunTest } from "@/api/types";
import { OutcomeLabel } from "@/components/outcome";
import { formatDuration } from "@/components/times";

import { useAddress } from "./address";
import { ResultLink } from "./result-link";

export function SlowestTests({ tests }: { tests: readonly RunTest[] }) {
  const isBeside = useAddress().resultId !== undefined;
  const hasWorkers = !isBeside && tests.some(({ worker }) => worker !== null);
  return (
    <>
      <h2 id="slowest" className="timeline-title">
        The slowest tests
      </h2>
      <Table role="table" aria-labelledby="slowest" variant="compact">
        <Thead>
          <Tr>
            <Th width={isBeside ? 30 : 15}>Duration</Th>
            <Th width={isBeside ? 25 : 20}>Outcome</Th>
            <Th>Test</Th>
            {hasWorkers && <Th>Worker</Th>}
          </Tr>
        </Thead>
        <Tbody>
          {tests.map(({ id, test_id, result, duration, worker }) => (
            <Tr key={id}>
              <Td dataLabel="Duration">{formatDuration(duration)}</Td>
              <Td dataLabel="Outcome">
                <OutcomeLabel name={result} compact={isBeside} />
              </Td>
              <Td dataLabel="Test">
                <ResultLink id={id}>{test_id ?? "A test without a name"}</ResultLink>
              </Td>
              {hasWorkers && <Td dataLabel="Worker">{worker}</Td>}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  );
}
