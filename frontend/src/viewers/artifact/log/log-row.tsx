/** One line of a log: its number, which is a link, and its text. */
import { Button } from "@patternfly/react-core";
import { memo } from "react";

import { formatBytes } from "@/components/times";

import type { Hit } from "./hits";
import { levelOf } from "./levels";
import { formatLines } from "./line-links";
import type { Line } from "./lines";
import { shownOf } from "./shown-line";
import { plain } from "./sgr";
import { marked, spansOf } from "./spans";

export type RowProps = {
  line: Line | undefined;
  /** Undefined as long as nobody knows. */
  number: number | undefined;
  hits: readonly Hit[];
  current: Hit | undefined;
  isSelected: boolean;
  characters: number | undefined;
  onMore: (number: number) => void;
};

export const LogRow = memo(function LogRow({
  line,
  number,
  hits,
  current,
  isSelected,
  characters,
  onMore,
}: RowProps) {
  if (line === undefined) return <LineNumber number={number} />;
  const shown = shownOf(line, characters);
  const marks = hits.map((hit) => ({
    start: hit.start - shown.from,
    end: hit.end - shown.from,
    isCurrent: hit.start === current?.start,
  }));
  const level = levelOf(plain(shown.text));
  const more = shown.isCut ? `… ${formatBytes(line.bytes ?? line.text.length)}` : `↻ ${shown.overwritten}`;
  return (
    <div
      className={["log-line", level && `log-${level}`, isSelected && "log-selected"]
        .filter(Boolean)
        .join(" ")}
    >
      <LineNumber number={number} />
      {number !== undefined && (shown.isCut || shown.overwritten > 0) && (
        <Button
          className="log-more"
          variant="link"
          isInline
          aria-label={`${more}: ${shown.isCut ? "more" : "all states"} of line ${number + 1}`}
          title={shown.isCut ? "A long line: show more of it" : "Overwritten, as progress bars are: show all"}
          onClick={() => onMore(number)}
        >
          {more}
        </Button>
      )}
      <span className="log-text">
        {marked(spansOf(shown.text, shown.sgr), marks).map(({ text, className }, place) =>
          className.includes("log-hit") ? (
            <mark key={place} className={className}>
              {text}
            </mark>
          ) : (
            <span key={place} className={className || undefined}>
              {text}
            </span>
          ),
        )}
      </span>
    </div>
  );
});

/** Clicks are handled by the list, for Shift makes a range of them. */
function LineNumber({ number }: { number: number | undefined }) {
  if (number === undefined) return <span className="log-number">·</span>;
  return (
    <a
      className="log-number"
      href={formatLines({ from: number, to: number })}
      data-number={number}
      tabIndex={-1}
      aria-label={`Line ${number + 1}`}
    >
      {number + 1}
    </a>
  );
}
