/** The tree of a JSON value: drawn as far as it is seen, walked through by arrow keys. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";

import "./json.css";
import { type JsonRow, parentOf, rowsOf } from "./json-rows";

const ROW_PX = 22;
const TEXT_MAX = 2000;

export function JsonTree({ label, value }: { label: string; value: unknown }) {
  const view = useRef<HTMLDivElement>(null);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState("");
  const rows = useMemo(() => rowsOf(value, toggled), [value, toggled]);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by a compiler
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: rows.length,
    getScrollElement: () => view.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  const at = Math.max(
    0,
    rows.findIndex(({ path }) => path === focused),
  );
  const toggle = (path: string) =>
    setToggled((present) => {
      const next = new Set(present);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  const goTo = (place: number) => {
    const row = rows[place];
    if (row === undefined) return;
    setFocused(row.path);
    virtualizer.scrollToIndex(place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    if (row === undefined) return;
    const actions: Record<string, () => void> = {
      ArrowDown: () => goTo(at + 1),
      ArrowUp: () => goTo(at - 1),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      ArrowRight: () => (row.size === undefined || row.isOpen ? goTo(at + 1) : toggle(row.path)),
      ArrowLeft: () => (row.isOpen ? toggle(row.path) : goTo(parentOf(rows, at))),
      Enter: () => row.size !== undefined && toggle(row.path),
    };
    const action = actions[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
  return (
    <div
      ref={view}
      className="json-view"
      role="tree"
      aria-label={label}
      aria-activedescendant={`json-${at}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <Row
                key={row.path}
                id={`json-${index}`}
                row={row}
                top={start}
                isFocused={index === at}
                onToggle={() => {
                  setFocused(row.path);
                  if (row.size !== undefined) toggle(row.path);
                }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function Row({
  id,
  row: { key, depth, value, size, isOpen },
  top,
  isFocused,
  onToggle,
}: {
  id: string;
  row: JsonRow;
  top: number;
  isFocused: boolean;
  onToggle: () => void;
}) {
  return (
    // The keys are those of the tree.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={size === undefined ? undefined : isOpen}
      aria-selected={isFocused}
      tabIndex={-1}
      className="json-row"
      style={{ transform: `translateY(${top}px)`, paddingInlineStart: `${depth * 1.25 + 0.5}rem` }}
      onClick={onToggle}
    >
      <span className="json-sign" aria-hidden="true">
        {size === undefined ? "" : isOpen ? "▾" : "▸"}
      </span>
      {key !== undefined && <span className="json-key">{key}: </span>}
      <Value value={value} size={size} />
    </div>
  );
}

function Value({ value, size }: { value: unknown; size: number | undefined }) {
  if (size !== undefined)
    return <span className="json-size">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>;
  const text = JSON.stringify(value);
  return (
    <span className={`json-${value === null ? "null" : typeof value}`}>
      {text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text}
    </span>
  );
}
