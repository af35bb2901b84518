/** Tests that are different in one way, with how they ended before and after. */
import { Button, Content } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useId, useState } from "react";
import { Link } from "react-router";

import type { Result } from "@/api/types";
import { OutcomeLabel } from "@/components/outcome";
import { isFailure } from "@/components/outcomes";
import { firstLine, reasonOf } from "@/components/reason";
import { TestId } from "@/viewers/result/test-id";

import type { Difference } from "./differences";

const STEP = 100;

export function DifferenceTable({
  title,
  differences,
  projectId,
}: {
  title: string;
  differences: readonly Difference[];
  projectId: string;
}) {
  const id = useId();
  const [most, setMost] = useState(STEP);
  if (differences.length === 0) return null;
  return (
    <section className="spaced">
      <Content component="h2" id={id}>
        {title} ({differences.length.toLocaleString()})
      </Content>
      <Table variant="compact" aria-labelledby={id}>
        <Thead>
          <Tr>
            <Th>Test</Th>
            <Th style={{ width: "11rem" }}>Before</Th>
            <Th style={{ width: "11rem" }}>After</Th>
          </Tr>
        </Thead>
        <Tbody>
          {differences.slice(0, most).map((one) => (
            <Tr key={`${one.before?.id ?? ""}-${one.after?.id ?? ""}`}>
              <Td dataLabel="Test">
                <TestId id={one.test_id} />
                <WhyNow result={one.after} />
              </Td>
              <Td dataLabel="Before">
                <Ending result={one.before} test={one.test_id} when="before" projectId={projectId} />
              </Td>
              <Td dataLabel="After">
                <Ending result={one.after} test={one.test_id} when="after" projectId={projectId} />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {differences.length > most && (
        <Button variant="link" onClick={() => setMost(most + STEP)}>
          Show {Math.min(STEP, differences.length - most)} more
        </Button>
      )}
    </section>
  );
}

function WhyNow({ result }: { result: Result | undefined }) {
  const { exception, message } = reasonOf(result?.metadata);
  const reason = firstLine(message) ?? exception;
  if (!isFailure(result?.result) || reason === null) return null;
  return <div className="compare-reason">{reason}</div>;
}

function Ending({
  result,
  test,
  when,
  projectId,
}: {
  result: Result | undefined;
  test: string | null;
  when: string;
  projectId: string;
}) {
  if (result === undefined) return <>not in it</>;
  return (
    <Link to={`/project/${projectId}/results/${result.id}`}>
      <OutcomeLabel name={result.result} />{" "}
      <span className="pf-v6-u-screen-reader">
        {when}: {test}
      </span>
    </Link>
  );
}
