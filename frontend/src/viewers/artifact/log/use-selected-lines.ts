/** The lines that the address names, `#L120-L130`: shown once they are there, and changed by clicks. */
import { type RefObject, useEffect, useMemo, useRef } from "react";
import { useLocation } from "react-router";

import { useParameters } from "../use-parameters";
import { extended, formatLines, type LineRange, parseLines } from "./line-links";
import type { LogLinesHandle } from "./log-lines";
import type { LogSource } from "./log-source";

export type SelectedLines = {
  selected: LineRange | undefined;
  /** By a click on a number: the lines stay where they are. */
  select: (line: number, isExtending: boolean) => void;
  /** Selects a line and shows it. */
  go: (line: number) => void;
};

export function useSelectedLines(source: LogSource, list: RefObject<LogLinesHandle | null>): SelectedLines {
  const { hash } = useLocation();
  const [, change] = useParameters();
  const selected = useMemo(() => parseLines(hash), [hash]);
  const shown = useRef("");
  const wanted = selected?.from;
  const isKnown = wanted !== undefined && wanted < source.lines;
  useEffect(() => {
    if (!isKnown || shown.current === hash) return;
    shown.current = hash;
    list.current?.show(wanted);
  }, [hash, isKnown, wanted, list]);
  const put = (range: LineRange) => {
    shown.current = formatLines(range);
    change({ hash: shown.current });
  };
  return {
    selected,
    select: (line, isExtending) => put(isExtending ? extended(selected, line) : { from: line, to: line }),
    go: (line) => {
      if (source.tail !== undefined) source.leaveTail();
      put({ from: line, to: line });
      list.current?.show(line);
    },
  };
}
