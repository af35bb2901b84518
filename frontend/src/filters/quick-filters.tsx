/** Conditions that are wanted often, each one click away. */
import { ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";

import type { Entity } from "./fields";
import { type Filter, isSame } from "./filter";

type Quick = Filter & { label: string };

const STARTED: readonly Quick[] = [
  { label: "Last 24 h", field: "start_time", operator: ">", value: "-24h" },
  { label: "7 days", field: "start_time", operator: ">", value: "-7d" },
  { label: "30 days", field: "start_time", operator: ">", value: "-30d" },
];
const OUTCOMES: Record<Entity, readonly Quick[]> = {
  run: [{ label: "With failures", field: "summary.failures", operator: ">", value: "0" }],
  result: [
    { label: "Failed or error", field: "result", operator: "*", value: "failed;error" },
    { label: "Failed", field: "result", operator: "=", value: "failed" },
    { label: "Error", field: "result", operator: "=", value: "error" },
  ],
};

export function QuickFilters({
  entity,
  filters,
  onChange,
}: {
  entity: Entity;
  filters: readonly Filter[];
  onChange: (filters: readonly Filter[]) => void;
}) {
  return (
    <>
      <Choice label="Outcome" choices={OUTCOMES[entity]} filters={filters} onChange={onChange} />
      <Choice label="Started in the last" choices={STARTED} filters={filters} onChange={onChange} />
    </>
  );
}

/** One of several on the same field, or none: choosing one takes the place of whatever it contradicts. */
function Choice({
  label,
  choices,
  filters,
  onChange,
}: {
  label: string;
  choices: readonly Quick[];
  filters: readonly Filter[];
  onChange: (filters: readonly Filter[]) => void;
}) {
  const toggle = ({ field, operator, value }: Quick, isChosen: boolean) => {
    const others = filters.filter((filter) => !choices.some((choice) => isSame(choice, filter)));
    onChange(isChosen ? [...others, { field, operator, value }] : others);
  };
  return (
    <ToggleGroup isCompact aria-label={label}>
      {choices.map((choice) => (
        <ToggleGroupItem
          key={choice.label}
          text={choice.label}
          buttonId={`quick-${choice.value}`}
          isSelected={filters.some((filter) => isSame(filter, choice))}
          onChange={(_, isChosen) => toggle(choice, isChosen)}
        />
      ))}
    </ToggleGroup>
  );
}
