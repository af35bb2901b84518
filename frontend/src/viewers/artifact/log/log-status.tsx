/** What is known of a log, what is still being found out, and what can be done with the selected lines. */
import { Button, Progress } from "@patternfly/react-core";

import { CopyButton } from "@/components/copy-button";
import { formatBytes } from "@/components/times";
import { useToasts } from "@/components/toasts";

import type { LineRange } from "./line-links";
import type { LogHits } from "./log-hits";
import type { LogSource } from "./log-source";
import type { useLog } from "./use-log";

export function LogStatus({ log }: { log: ReturnType<typeof useLog> }) {
  const { source, query, search, errors, selected } = log;
  return (
    <div className="log-status">
      {source.isIndexed ? (
        <span>
          {source.lines.toLocaleString("en")} {source.lines === 1 ? "line" : "lines"} ·{" "}
          {formatBytes(source.size)}
        </span>
      ) : (
        <Part of="Counting lines" done={source.indexedBytes} all={source.size} />
      )}
      <span role="status">{searchText(query.reason, search)}</span>
      {search !== undefined && !search.isDone && (
        <Part of="Searching" done={search.searchedBytes} all={source.size} />
      )}
      {errors !== undefined && !errors.isDone && (
        <Part of="Looking for errors" done={errors.searchedBytes} all={source.size} />
      )}
      {selected !== undefined && <Selection source={source} range={selected} />}
    </div>
  );
}

function Part({ of, done, all }: { of: string; done: number; all: number }) {
  return (
    <Progress
      className="log-progress"
      size="sm"
      title={of}
      value={Math.floor((100 * done) / Math.max(1, all))}
      measureLocation="outside"
    />
  );
}

function Selection({ source, range: { from, to } }: { source: LogSource; range: LineRange }) {
  const { done, failed } = useToasts();
  const copy = async () => {
    try {
      const text = await source.text(from, to);
      if (text === undefined) throw new Error("These lines are too much for a clipboard; download the file.");
      await navigator.clipboard.writeText(text);
      done(from === to ? "Line copied" : `${to - from + 1} lines copied`);
    } catch (error) {
      failed("Could not copy", error);
    }
  };
  const what = from === to ? `line ${from + 1}` : `lines ${from + 1} to ${to + 1}`;
  return (
    <span className="log-buttons">
      <Button variant="link" isInline onClick={() => void copy()}>
        Copy {what}
      </Button>
      <CopyButton text={() => location.href} label="Copy link" variant="link" />
    </span>
  );
}

function searchText(reason: string | undefined, search: LogHits | undefined): string {
  if (reason !== undefined) return reason;
  if (search?.reason !== undefined) return search.reason;
  if (search?.isFull) return `The first ${search.hits.length.toLocaleString("en")} hits`;
  return search?.isDone && search.hits.length === 0 ? "No hits" : "";
}
