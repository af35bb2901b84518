/** Why a test failed, in the eyes of people: the six classes, and how to give one to several results. */
import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle, TextInput } from "@patternfly/react-core";
import { useState } from "react";

import { useMay } from "@/api/user";

import { type Change, useClassify } from "./classify";

export const CLASSIFICATIONS = [
  { value: "product_failure", label: "Product failure" },
  { value: "test_failure", label: "Test failure" },
  { value: "environment_failure", label: "Environment failure" },
  { value: "dependency_outage", label: "Dependency outage" },
  { value: "product_rfe", label: "Product feature request" },
  { value: "unknown", label: "Unknown" },
] as const;

export type ClassifyMenuProps = {
  ids: readonly string[];
  projectId: string;
  /** The class that all of them have. */
  current?: string | null;
  /** The comment that there is already. */
  comment?: string;
  /** Told what was stored: `classification`, which is empty if there is none any more, and perhaps its comment. */
  onDone?: (change: Change) => void;
};

/** A class in words; whatever else people stored is told as it is. */
export function classificationLabel(value: string | null | undefined): string {
  if (value === null || value === undefined || value === "") return "Not classified";
  return CLASSIFICATIONS.find((one) => one.value === value)?.label ?? value;
}

/** A menu with a field for a comment that classifies the results with these ids; who may not sees the class. */
export function ClassifyMenu({ ids, projectId, current, comment = "", onDone }: ClassifyMenuProps) {
  const may = useMay("maintainer", projectId);
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState(comment);
  const classify = useClassify(ids, onDone);
  if (!may) return <span className="classification">{classificationLabel(current)}</span>;
  const apply = async (value: string) => {
    setOpen(false);
    if (classify.isBusy) return;
    await classify.apply(value, value === "" ? "" : commentToSend(text, comment));
  };
  const toggle = (willOpen: boolean) => {
    if (willOpen) setText(comment);
    setOpen(willOpen);
  };
  return (
    <Dropdown
      isOpen={isOpen}
      onOpenChange={toggle}
      onOpenChangeKeys={["Escape"]}
      onSelect={(_, value) => void apply(String(value))}
      shouldFocusToggleOnSelect
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          isExpanded={isOpen}
          isDisabled={ids.length === 0}
          aria-busy={classify.isBusy}
          onClick={() => toggle(!isOpen)}
        >
          {classify.isBusy ? "Classifying…" : current ? classificationLabel(current) : "Classify"}
        </MenuToggle>
      )}
    >
      <div className="classify-comment">
        <TextInput
          aria-label="Comment"
          placeholder="Comment (optional), then choose"
          value={text}
          onChange={(_, value) => setText(value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && current) void apply(current);
          }}
        />
      </div>
      <Divider />
      <DropdownList aria-label="Classification">
        {CLASSIFICATIONS.map(({ value, label }) => (
          <DropdownItem key={value} value={value} isSelected={value === current}>
            {label}
          </DropdownItem>
        ))}
        <Divider component="li" />
        <DropdownItem value="" isDisabled={current === "" || (current == null && ids.length === 1)}>
          No classification
        </DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}

/** Nothing keeps the comments that there are; an empty one takes the comment away that was shown. */
function commentToSend(text: string, comment: string): string | undefined {
  return text.trim() === "" && comment === "" ? undefined : text.trim();
}
