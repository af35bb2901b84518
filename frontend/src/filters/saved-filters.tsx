/** A menu of saved filters, one's own and those that others share, and what can be done with them. */
import {
  Divider,
  Dropdown,
  DropdownGroup,
  DropdownItem,
  DropdownList,
  MenuToggle,
} from "@patternfly/react-core";
import BookmarkIcon from "@patternfly/react-icons/dist/esm/icons/bookmark-icon";
import { useState } from "react";

import type { SavedFilter } from "@/api/types";

import type { Entity } from "./fields";
import { ManageFilters } from "./manage-filters";
import { filtersOf, isShowing, useSavedFilters } from "./saved";
import { SaveFilter } from "./save-filter";
import type { ListState } from "./use-list";
import { describeFilter } from "./words";

export function SavedFilters({
  entity,
  projectId,
  list,
}: {
  entity: Entity;
  projectId: string;
  list: ListState;
}) {
  const [isOpen, setOpen] = useState(false);
  const [dialog, setDialog] = useState<"save" | "manage">();
  const { saved, failure } = useSavedFilters(entity, projectId);
  const shown = saved?.find((one) => isShowing(one, list));
  const groups = [
    { label: "Your own", filters: saved?.filter((one) => !one.is_shared) ?? [] },
    { label: "Shared", filters: saved?.filter((one) => one.is_shared) ?? [] },
  ];
  const close = () => setDialog(undefined);
  return (
    <>
      <Dropdown
        isOpen={isOpen}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        isScrollable
        popperProps={{ position: "end", maxWidth: "24rem" }}
        toggle={(ref) => (
          <MenuToggle ref={ref} icon={<BookmarkIcon />} isExpanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {shown?.name ?? "Saved filters"}
          </MenuToggle>
        )}
      >
        {groups.map(
          ({ label, filters }) =>
            filters.length > 0 && (
              <DropdownGroup key={label} label={label}>
                <DropdownList>
                  {filters.map((one) => (
                    <DropdownItem
                      key={one.id}
                      description={wordsOf(one)}
                      isSelected={one === shown}
                      onClick={() => list.show(filtersOf(one), one.sort ?? undefined)}
                    >
                      {one.name}
                    </DropdownItem>
                  ))}
                </DropdownList>
              </DropdownGroup>
            ),
        )}
        <DropdownList>
          {saved?.length === 0 && <DropdownItem isDisabled>None is saved yet</DropdownItem>}
          {failure !== undefined && (
            <DropdownItem isDisabled>They could not be loaded: {failure}</DropdownItem>
          )}
          <Divider component="li" />
          <DropdownItem onClick={() => setDialog("save")} isDisabled={list.filters.length === 0}>
            Save this filter…
          </DropdownItem>
          <DropdownItem onClick={() => setDialog("manage")} isDisabled={!saved?.length}>
            Change saved filters…
          </DropdownItem>
        </DropdownList>
      </Dropdown>
      {dialog === "save" && <SaveFilter entity={entity} projectId={projectId} list={list} onClose={close} />}
      {dialog === "manage" && (
        <ManageFilters saved={saved ?? []} projectId={projectId} list={list} onClose={close} />
      )}
    </>
  );
}

function wordsOf(saved: SavedFilter): string {
  return filtersOf(saved)
    .map((filter) => describeFilter(filter, saved.entity))
    .join(", ");
}
