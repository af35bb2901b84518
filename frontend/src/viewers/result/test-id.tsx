/** The name of a test: it breaks where its parts meet, and what tells it from its neighbours stands out. */
import { Fragment } from "react";

export function TestId({ id }: { id: string | null }) {
  if (id === null) return <em>Test without a name</em>;
  const { around, own } = namesOf(id);
  return (
    <span className="test-id">
      {around !== "" && <span className="test-id-around">{breakable(around)}</span>}
      {breakable(own)}
    </span>
  );
}

/** Its last part, with its parameters: as much of the name as fits in a tab of the browser. */
export function shortTestId(id: string | null): string {
  return id === null ? "Test without a name" : namesOf(id).own;
}

const SEPARATOR = /(?:::|[./\\])(?=[^\d\s./\\:])/g;
/** A shorter last part is the ending of a file rather than a name. */
const SHORTEST = 4;

function namesOf(id: string): { around: string; own: string } {
  const bracket = id.search(/\[| \(/);
  const name = bracket > 0 ? id.slice(0, bracket) : id;
  const last = [...name.matchAll(SEPARATOR)].at(-1);
  const start = last ? last.index + last[0].length : 0;
  if (name.length - start < SHORTEST) return { around: "", own: id };
  return { around: id.slice(0, start), own: id.slice(start) };
}

function breakable(text: string) {
  return text.split(/(?<=[./\\[_-]|::)/).map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
