/** What can be done with a log: search it, go from error to error, wrap it, go to its ends. */
import { Button, SearchInput, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import AngleDownIcon from "@patternfly/react-icons/dist/esm/icons/angle-down-icon";
import AngleUpIcon from "@patternfly/react-icons/dist/esm/icons/angle-up-icon";
import type { RefObject } from "react";

import type { useLog } from "./use-log";

export function LogToolbar({
  log,
  isWrapped,
  onWrap,
  searchBox,
}: {
  log: ReturnType<typeof useLog>;
  isWrapped: boolean;
  onWrap: () => void;
  searchBox: RefObject<HTMLInputElement | null>;
}) {
  const { query, search, current, errors, next, nextError } = log;
  const count = search === undefined ? undefined : found(search.hits.length, search.isFull, current);
  return (
    <div className="log-toolbar" role="toolbar" aria-label="Log">
      <SearchInput
        ref={searchBox}
        className="log-search"
        aria-label="Search the log"
        placeholder="Search the log"
        value={query.typed}
        onChange={(_, text) => query.type(text)}
        onClear={() => query.type("")}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          next(event.shiftKey ? -1 : 1);
        }}
        resultsCount={count}
        onNextClick={count === undefined ? undefined : () => next(1)}
        onPreviousClick={count === undefined ? undefined : () => next(-1)}
        nextNavigationButtonAriaLabel="Next hit"
        previousNavigationButtonAriaLabel="Previous hit"
        resetButtonLabel="Clear the search"
      />
      <ToggleGroup aria-label="How to search" isCompact>
        <ToggleGroupItem
          text="Aa"
          aria-label="Case matters"
          isSelected={query.isCaseSensitive}
          onChange={() => query.toggle("case")}
        />
        <ToggleGroupItem
          text=".*"
          aria-label="Regular expression"
          isSelected={query.isRegex}
          onChange={() => query.toggle("regex")}
        />
      </ToggleGroup>
      <span className="log-buttons">
        <Button
          size="sm"
          variant="control"
          aria-label="Previous error"
          icon={<AngleUpIcon />}
          onClick={() => nextError(-1)}
        />
        <Button
          size="sm"
          variant="control"
          aria-label="Next error"
          icon={<AngleDownIcon />}
          iconPosition="end"
          onClick={() => nextError(1)}
        >
          {errors === undefined ? "Error" : errorCount(errors.hits.length, errors.isFull)}
        </Button>
      </span>
      <span className="log-buttons">
        <Button size="sm" variant="control" onClick={log.toStart}>
          Start
        </Button>
        <Button size="sm" variant="control" onClick={log.toEnd}>
          End
        </Button>
      </span>
      <ToggleGroup aria-label="Long lines" isCompact>
        <ToggleGroupItem text="Wrap" isSelected={isWrapped} onChange={onWrap} />
      </ToggleGroup>
    </div>
  );
}

function found(hits: number, isFull: boolean, current: number | undefined): string {
  const all = `${hits.toLocaleString("en")}${isFull ? "+" : ""}`;
  return current === undefined ? all : `${(current + 1).toLocaleString("en")} / ${all}`;
}

function errorCount(hits: number, isFull: boolean): string {
  return `${hits.toLocaleString("en")}${isFull ? "+" : ""} ${hits === 1 ? "error" : "errors"}`;
}
