/** What the box offers, as its listbox. */
import { useEffect, useRef } from "react";

import type { Suggestion } from "./completion";

export function SuggestionList({
  id,
  suggestions,
  active,
  onChoose,
}: {
  id: string;
  suggestions: readonly Suggestion[];
  /** The place of the one that the keys are at, or -1. */
  active: number;
  onChoose: (suggestion: Suggestion) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active >= 0) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div
      ref={list}
      id={id}
      className="filter-suggestions"
      role="listbox"
      tabIndex={-1}
      aria-label="Suggestions"
      onMouseDown={(event) => event.preventDefault()}
    >
      {suggestions.map((suggestion, index) => (
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the combobox
        <div
          key={suggestion.key}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onClick={() => onChoose(suggestion)}
        >
          <span className="breakable">{suggestion.label}</span>{" "}
          {suggestion.hint !== undefined && <span className="filter-hint">{suggestion.hint}</span>}
        </div>
      ))}
    </div>
  );
}

export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}
