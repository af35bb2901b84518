/** A value in a list that narrows the list down to itself. */
import { Label, type LabelProps } from "@patternfly/react-core";

import { isSame } from "./filter";
import "./filters.css";
import type { ListState } from "./use-list";

export function FilterBadge({
  field,
  value,
  list,
  color = "grey",
}: {
  field: string;
  value: string | null | undefined;
  list: ListState;
  color?: LabelProps["color"];
}) {
  if (value == null || value === "") return null;
  const filter = { field, operator: "=" as const, value };
  const name = field.replace(/^metadata\./, "");
  if (list.filters.some((one) => isSame(one, filter)))
    return (
      <Label isCompact color={color} title={name}>
        {value}
      </Label>
    );
  return (
    <Label
      isCompact
      className="filter-badge"
      variant="outline"
      color={color}
      title={`Only ${name} ${value}`}
      onClick={() => list.add(filter)}
    >
      {value}
    </Label>
  );
}
