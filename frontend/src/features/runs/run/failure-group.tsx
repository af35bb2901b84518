/** One reason for failures, and the tests that failed for it. */
import { Button, Checkbox, Label } from "@patternfly/react-core";
import { useId, useState } from "react";
import { Link } from "react-router";

import type { FailureGroup } from "@/api/types";

import { resultsPath, useAddress } from "./address";
import { FailureItem } from "./failure-item";
import { linesOf, messageOf } from "./failures";

const FEW_LINES = 4;
const FEW_TESTS = 5;

type Choosing = {
  hasPrevious: boolean;
  /** Undefined where one may not choose. */
  chosen: ReadonlySet<string> | undefined;
  onChoose: (ids: readonly string[], isChosen: boolean) => void;
};

export function FailureGroupCard({ group, ...choosing }: { group: FailureGroup } & Choosing) {
  const { chosen, onChoose } = choosing;
  const title = useId();
  const { exception_name: name } = group;
  const message = messageOf(name, group.message);
  const ids = group.results.map(({ id }) => id);
  const howMany = chosen ? ids.filter((id) => chosen.has(id)).length : 0;
  const isChosen = howMany === ids.length && howMany > 0;
  const isPart = group.count > ids.length;
  return (
    <section className="failure-group" aria-labelledby={title}>
      <div className="failure-head">
        {chosen !== undefined && (
          <Checkbox
            id={`${title}-choose`}
            aria-label={`Select ${isPart ? partOf(ids.length, group.count) : "all"} of ${name ?? message}`}
            isChecked={isChosen || (howMany > 0 && null)}
            isDisabled={ids.length === 0}
            onChange={() => onChoose(ids, !isChosen)}
          />
        )}
        <h3 id={title} className="mono breakable">
          {name !== null && <b>{name}</b>} {message}
        </h3>
        <span className="failure-count">
          {isPart && isChosen && `${partOf(ids.length, group.count)} selected `}
          {group.new > 0 && (
            <Label isCompact color="orange">
              {group.new.toLocaleString()} new
            </Label>
          )}{" "}
          {group.count === 1 ? "1 test" : `${group.count.toLocaleString()} tests`}
        </span>
      </div>
      <Reason lines={linesOf(group)} />
      <Tests group={group} {...choosing} />
    </section>
  );
}

function partOf(part: number, whole: number): string {
  return `${part.toLocaleString()} of ${whole.toLocaleString()}`;
}

function Reason({ lines }: { lines: readonly string[] }) {
  const [isOpen, setOpen] = useState(false);
  if (lines.length === 0) return null;
  return (
    <div className="failure-reason">
      <pre className="mono">{(isOpen ? lines : lines.slice(0, FEW_LINES)).join("\n")}</pre>
      {lines.length > FEW_LINES && (
        <Button variant="link" isInline aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Less" : moreLines(lines.length - FEW_LINES)}
        </Button>
      )}
    </div>
  );
}

function moreLines(count: number): string {
  return count === 1 ? "1 more line" : `${count.toLocaleString()} more lines`;
}

function Tests({ group, hasPrevious, chosen, onChoose }: { group: FailureGroup } & Choosing) {
  const address = useAddress();
  const [isOpen, setOpen] = useState(false);
  const { results, count } = group;
  const isShownBelow = results.findIndex(({ id }) => id === address.resultId) >= FEW_TESTS;
  const isAll = isOpen || isShownBelow;
  const shown = isAll ? results : results.slice(0, FEW_TESTS);
  return (
    <>
      <ul className="failure-tests">
        {shown.map((failure) => (
          <FailureItem
            key={failure.id}
            failure={failure}
            hasPrevious={hasPrevious}
            isChosen={chosen?.has(failure.id)}
            onChoose={(isChosen) => onChoose([failure.id], isChosen)}
          />
        ))}
      </ul>
      {results.length > FEW_TESTS && (
        <Button variant="link" isInline aria-expanded={isAll} onClick={() => setOpen(!isAll)}>
          {isAll ? "Show fewer" : `Show all ${results.length.toLocaleString()} tests`}
        </Button>
      )}
      {count > results.length && (
        <p className="failure-more">
          These are the newest {results.length.toLocaleString()} of {count.toLocaleString()}.{" "}
          <Link to={resultsPath(address, ...filtersOf(group))}>All of them in the results</Link>
        </p>
      )}
    </>
  );
}

function filtersOf({ exception_name: name }: FailureGroup): string[] {
  return ["result*failed;error", ...(name === null ? [] : [`metadata.exception_name=${name}`])];
}
