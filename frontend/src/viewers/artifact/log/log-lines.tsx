/** The lines of a log, as many as are seen. */
import { type ReactNode, type Ref, useCallback, useImperativeHandle, useRef, useState } from "react";

import type { Hits } from "./hits";
import type { LineRange } from "./line-links";
import { LogRow } from "./log-row";
import type { LogSource } from "./log-source";
import { SHOWN_CHARACTERS } from "./shown-line";
import { useLineScroll } from "./use-line-scroll";

const MORE_CHARACTERS = 8;

export type LogLinesHandle = {
  show: (line: number) => void;
  first: () => number;
};

export function LogLines({
  label,
  source,
  hits,
  current,
  selected,
  isWrapped,
  onNumber,
  ref,
}: {
  label: string;
  source: LogSource;
  hits: Hits | undefined;
  /** The place of the hit that somebody went to. */
  current: number | undefined;
  selected: LineRange | undefined;
  isWrapped: boolean;
  onNumber: (line: number, isExtending: boolean) => void;
  ref: Ref<LogLinesHandle>;
}): ReactNode {
  const view = useRef<HTMLDivElement>(null);
  const { tail } = source;
  const list = useLineScroll(view, tail?.length ?? source.lines, isWrapped);
  const [opened, setOpened] = useState<ReadonlyMap<number, number>>(new Map());
  useImperativeHandle(ref, () => ({
    show: list.show,
    first: list.first,
  }));
  const hit = current === undefined ? undefined : hits?.at(current);
  const onMore = useCallback(
    (line: number) => {
      setOpened((present) =>
        new Map(present).set(line, (present.get(line) ?? SHOWN_CHARACTERS) * MORE_CHARACTERS),
      );
      source.lengthen(line);
    },
    [source],
  );
  const onClick = (event: React.MouseEvent) => {
    const number = (event.target as HTMLElement).closest<HTMLElement>("[data-number]")?.dataset.number;
    if (number === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onNumber(Number(number), event.shiftKey);
  };
  return (
    // A keyboard can scroll only what has the focus; the clicks are those of the links in it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <div
      ref={view}
      className={isWrapped ? "log-view log-wrapped" : "log-view"}
      role="region"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onClick={onClick}
    >
      <div className="log-rows" style={{ height: list.height }}>
        {list.rows.map(({ line: place, index, top }) => {
          const number = tail === undefined ? place : undefined;
          const isHit = hit !== undefined && hit.line === number;
          const asked = number === undefined ? undefined : opened.get(number);
          return (
            <div
              key={number ?? `tail ${place}`}
              ref={isWrapped ? list.measure : undefined}
              data-index={index}
              data-line={place}
              className="log-row"
              style={{ transform: `translateY(${top}px)` }}
            >
              <LogRow
                line={tail === undefined ? source.line(place) : tail[place]}
                number={number}
                hits={number === undefined ? [] : (hits?.inLine(number) ?? [])}
                current={isHit ? hit : undefined}
                isSelected={number !== undefined && isIn(selected, number)}
                characters={isHit ? Math.max(asked ?? 0, hit.end + SHOWN_CHARACTERS) : asked}
                onMore={onMore}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function isIn(range: LineRange | undefined, line: number): boolean {
  return range !== undefined && range.from <= line && line <= range.to;
}
