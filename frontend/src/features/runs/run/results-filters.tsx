/** Which results of a run are listed: by outcome, by name, and by what a link asked for. */
import { Label, LabelGroup, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";

import type { Run } from "@/api/types";
import { countsOf } from "@/components/outcome";
import { type Filter, formatFilter, OPERATORS } from "@/filters/filter";
import type { ListState } from "@/filters/use-list";

import { SearchBox } from "./search-box";

export function ResultsFilters({ run, list }: { run: Run; list: ListState }) {
  const { filters, setFilters } = list;
  const outcomes = filters.filter(isOutcome).flatMap(({ value }) => value.split(";"));
  const text = filters.find(isText)?.value ?? "";
  const others = filters.filter((filter) => !isOutcome(filter) && !isText(filter));
  const show = (names: readonly string[], contained: string) =>
    setFilters([
      ...others,
      ...(names.length > 0 ? [outcomeFilter(names)] : []),
      ...(contained ? [{ field: "test_id", operator: "%" as const, value: contained }] : []),
    ]);
  const toggle = (name: string) =>
    show(outcomes.includes(name) ? outcomes.filter((one) => one !== name) : [...outcomes, name], text);
  return (
    <div className="results-filters">
      <ToggleGroup isCompact aria-label="Outcomes">
        {countsOf(run.summary).map(({ outcome: { name, label }, count }) => (
          <ToggleGroupItem
            key={name}
            text={`${label} ${count.toLocaleString()}`}
            isSelected={outcomes.includes(name)}
            onChange={() => toggle(name)}
          />
        ))}
      </ToggleGroup>
      <SearchBox label="Find tests by name" value={text} onSearch={(next) => show(outcomes, next)} />
      {others.length > 0 && (
        <LabelGroup categoryName="Also" aria-label="Other filters">
          {others.map((filter) => (
            <Label
              key={formatFilter(filter)}
              onClose={() => list.remove(filter)}
              closeBtnAriaLabel={`Remove ${formatFilter(filter)}`}
            >
              {filter.field} {OPERATORS[filter.operator]} {filter.value}
            </Label>
          ))}
        </LabelGroup>
      )}
    </div>
  );
}

function isOutcome({ field, operator }: Filter): boolean {
  return field === "result" && (operator === "=" || operator === "*");
}

function isText({ field, operator }: Filter): boolean {
  return field === "test_id" && operator === "%";
}

function outcomeFilter(names: readonly string[]): Filter {
  return { field: "result", operator: names.length === 1 ? "=" : "*", value: names.join(";") };
}
