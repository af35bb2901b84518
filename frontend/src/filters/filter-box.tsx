/** The box in which conditions are typed, completed and edited, with a chip for each that holds. */
import { HelperText, HelperTextItem } from "@patternfly/react-core";
import FilterIcon from "@patternfly/react-icons/dist/esm/icons/filter-icon";
import { useId, useRef } from "react";

import { useShortcuts } from "@/components/shortcuts";

import type { Entity } from "./fields";
import { FilterChips } from "./filter-chips";
import { type Filter, formatFilter } from "./filter";
import { optionId, SuggestionList } from "./suggestion-list";
import { boxActions, useBoxState } from "./use-filter-box";
import { useSuggestions } from "./use-suggestions";

export function FilterBox({
  entity,
  projectId,
  filters,
  onChange,
  problem,
  refused,
}: {
  entity: Entity;
  projectId: string;
  filters: readonly Filter[];
  onChange: (filters: readonly Filter[]) => void;
  /** What the server does not accept, in its words, and of which fields. */
  problem: string | undefined;
  refused: readonly string[];
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const box = useBoxState();
  const { fields, suggestions, isAsking } = useSuggestions(box.text, entity, projectId, box.isOpen);
  const { remove, edit, choose, onKeyDown } = boxActions(
    { entity, filters, onChange },
    box,
    fields,
    suggestions,
  );
  const focus = () => input.current?.focus();
  useShortcuts({ "/": focus });
  const isOpen = box.isOpen && suggestions.length > 0;
  const shown = box.problem ?? problem;
  return (
    <div className="filter-box">
      <div className="filter-field" data-refused={shown !== undefined || undefined}>
        <FilterIcon className="filter-icon" aria-hidden />
        <FilterChips
          filters={filters}
          entity={entity}
          edited={box.edited && formatFilter(box.edited)}
          refused={refused}
          onEdit={(filter) => {
            edit(filter);
            focus();
          }}
          onRemove={(filter) => {
            remove(filter);
            focus();
          }}
        />
        <input
          ref={input}
          role="combobox"
          aria-label={`Filter ${entity}s`}
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && box.active >= 0 ? optionId(`${id}-list`, box.active) : undefined}
          aria-invalid={shown !== undefined}
          aria-describedby={shown === undefined ? undefined : `${id}-problem`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder={filters.length === 0 ? PLACEHOLDERS[entity] : "and …"}
          value={box.text}
          onChange={(event) => box.put(event.target.value)}
          onClick={() => box.setOpen(true)}
          onBlur={() => box.setOpen(false)}
          onKeyDown={onKeyDown}
        />
      </div>
      {isOpen && (
        <SuggestionList
          id={`${id}-list`}
          suggestions={suggestions}
          active={box.active}
          onChoose={(suggestion) => {
            choose(suggestion);
            focus();
          }}
        />
      )}
      <span className="pf-v6-u-screen-reader" role="status">
        {box.isOpen && !isAsking && `${suggestions.length} suggestions`}
      </span>
      {shown !== undefined && (
        <HelperText id={`${id}-problem`} isLiveRegion>
          <HelperTextItem variant="error">{shown}</HelperTextItem>
        </HelperText>
      )}
    </div>
  );
}

const PLACEHOLDERS: Record<Entity, string> = {
  run: "Filter, such as env=qa or summary.failures>0",
  result: "Filter, such as result=failed, or a part of a test’s name",
};
