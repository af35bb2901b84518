/** A log of any size: readable at once, searchable, with links to its lines. */
import { useEffect, useRef } from "react";

import type { Artifact } from "@/api/types";
import { Failed, Loading } from "@/components/states";
import { useStored } from "@/components/stored";

import "./log.css";
import { LogLines } from "./log-lines";
import { LogStatus } from "./log-status";
import { LogToolbar } from "./log-toolbar";
import { useLog } from "./use-log";

export function LogViewer({ artifact }: { artifact: Artifact }) {
  const log = useLog(artifact);
  const { source, list } = log;
  const [isWrapped, setWrapped] = useStored("log.wrap", false);
  const searchBox = useRef<HTMLInputElement>(null);
  const hadTail = useRef(false);
  const hasTail = source.tail !== undefined;
  useEffect(() => {
    if (hasTail) list.current?.show(Infinity);
    else if (hadTail.current && source.isIndexed) list.current?.show(Infinity);
    hadTail.current = hasTail;
  }, [hasTail, list, source]);

  if (source.problem !== undefined && source.lines === 0)
    return <Failed error={source.problem} what="this log" onRetry={() => source.retry()} />;
  if (source.isIndexed && source.lines === 0) return <p>This file is empty.</p>;
  if (source.lines === 0) return <Loading what="the log" />;
  return (
    // Keys that lead through the log work wherever in it the focus is.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="log" onKeyDown={(event) => onKey(event, log, searchBox.current)}>
      <LogToolbar
        log={log}
        isWrapped={isWrapped}
        onWrap={() => setWrapped(!isWrapped)}
        searchBox={searchBox}
      />
      <LogLines
        ref={list}
        label={artifact.filename}
        source={source}
        hits={log.search?.hits}
        current={log.current}
        selected={log.selected}
        isWrapped={isWrapped}
        onNumber={log.select}
      />
      <LogStatus log={log} />
      {source.problem !== undefined && (
        <Failed error={source.problem} what="all of this log" onRetry={() => source.retry()} />
      )}
    </div>
  );
}

function onKey(
  event: React.KeyboardEvent,
  log: ReturnType<typeof useLog>,
  box: HTMLInputElement | null,
): void {
  const action = actionOf(event, log, box);
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function actionOf(
  { key, ctrlKey, metaKey, altKey, shiftKey, target }: React.KeyboardEvent,
  log: ReturnType<typeof useLog>,
  box: HTMLInputElement | null,
): (() => void) | undefined {
  if (key === "F3") return () => log.next(shiftKey ? -1 : 1);
  if ((ctrlKey || metaKey) && key === "f") return () => box?.select();
  if (target === box || altKey || metaKey) return undefined;
  if (key === "Home") return log.toStart;
  if (key === "End") return log.toEnd;
  if (ctrlKey) return undefined;
  if (key === "/") return () => box?.select();
  if (key === "e") return () => log.nextError(1);
  if (key === "E") return () => log.nextError(-1);
  return undefined;
}
