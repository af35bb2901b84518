/** Which columns of a table are shown; remembered by this browser. */
import { MenuToggle, Select, SelectList, SelectOption } from "@patternfly/react-core";
import ColumnsIcon from "@patternfly/react-icons/dist/esm/icons/columns-icon";
import { useState } from "react";

import { useStored } from "./stored";

type Choice = { id: string; header: string; isExtra?: boolean };

export function useChosenColumns(name: string, columns: readonly Choice[]) {
  const usual = columns.filter(({ isExtra }) => isExtra).map(({ id }) => id);
  const [chosen, setHidden] = useStored<string[] | null>(`columns.${name}`, null);
  return { hidden: chosen ?? usual, setHidden };
}

export function ColumnChoice({
  columns,
  hidden,
  onChange,
}: {
  columns: readonly Choice[];
  hidden: readonly string[];
  onChange: (hidden: string[]) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const toggle = (id: string) =>
    onChange(hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id]);
  return (
    <Select
      role="menu"
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={(_, id) => toggle(String(id))}
      popperProps={{ position: "end" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          icon={<ColumnsIcon />}
          aria-label="Columns"
          onClick={() => setOpen(!isOpen)}
          isExpanded={isOpen}
        />
      )}
    >
      <SelectList>
        {columns.map(({ id, header }) => (
          <SelectOption
            key={id}
            value={id}
            hasCheckbox
            isSelected={!hidden.includes(id)}
            isDisabled={!hidden.includes(id) && hidden.length === columns.length - 1}
          >
            {header}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  );
}
