/** The conditions of a list as chips: a click edits one, its cross takes it away. */
import TimesIcon from "@patternfly/react-icons/dist/esm/icons/times-icon";

import type { Entity } from "./fields";
import { type Filter, formatFilter } from "./filter";
import { describeFilter, describeParts } from "./words";

export function FilterChips({
  filters,
  entity,
  edited,
  refused,
  onEdit,
  onRemove,
}: {
  filters: readonly Filter[];
  entity: Entity;
  /** Which one is in the box right now. */
  edited: string | undefined;
  /** Fields that the server does not accept. */
  refused: readonly string[];
  onEdit: (filter: Filter) => void;
  onRemove: (filter: Filter) => void;
}) {
  if (filters.length === 0) return null;
  return (
    <ul className="filter-chips" aria-label="Conditions">
      {filters.map((filter) => {
        const text = formatFilter(filter);
        const { field, operator, value } = describeParts(filter, entity);
        return (
          <li
            key={text}
            className="filter-chip"
            data-edited={text === edited || undefined}
            data-refused={refused.includes(filter.field) || undefined}
          >
            <button
              type="button"
              className="filter-chip-text"
              title={text}
              aria-label={`Edit ${describeFilter(filter, entity)}`}
              onClick={() => onEdit(filter)}
            >
              {field} <i>{operator}</i> {value && <b>{value}</b>}
            </button>
            <button
              type="button"
              className="filter-chip-remove"
              aria-label={`Remove ${describeFilter(filter, entity)}`}
              onClick={() => onRemove(filter)}
            >
              <TimesIcon />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
