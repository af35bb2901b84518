/** The rows of a tree, of which only those in view are drawn; keys as in any tree. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";

import type { TreeRow } from "./tree";
import { ROW_HEIGHT, TreeRowView } from "./tree-row";

export function TreeList({
  rows,
  shown,
  onToggle,
  onNode,
}: {
  rows: readonly TreeRow[];
  /** The key of what the address names. */
  shown: string | undefined;
  onToggle: (key: string, isOpen: boolean) => void;
  /** Somebody went to a node that is no test. */
  onNode: (key: string) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const [active, setActive] = useState(shown ?? rows[0]?.node.key);
  const [seen, setSeen] = useState(shown);
  if (seen !== shown) {
    setSeen(shown);
    if (shown !== undefined) setActive(shown);
  }
  const at = Math.max(
    rows.findIndex(({ node }) => node.key === active),
    0,
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoized
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const isFollowed = shown !== undefined && rows[at]?.node.key === shown;
  useEffect(() => {
    if (isFollowed) virtualizer.scrollToIndex(at, { align: "auto" });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- rows that open elsewhere do not scroll
  }, [shown, isFollowed]);
  const goTo = (index: number) => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row === undefined) return;
    setActive(row.node.key);
    virtualizer.scrollToIndex(rows.indexOf(row), { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[at];
    if (row === undefined || !act(event.key, row)) return;
    event.preventDefault();
  };
  const act = (key: string, { node, isExpanded, parent }: TreeRow): boolean => {
    if (key === "ArrowDown") goTo(at + 1);
    else if (key === "ArrowUp") goTo(at - 1);
    else if (key === "Home") goTo(0);
    else if (key === "End") goTo(rows.length - 1);
    else if (key === "ArrowRight" && isExpanded === false) onToggle(node.key, true);
    else if (key === "ArrowRight" && isExpanded) goTo(at + 1);
    else if (key === "ArrowLeft" && isExpanded) onToggle(node.key, false);
    else if (key === "ArrowLeft" && parent !== undefined)
      goTo(rows.findIndex((row) => row.node.key === parent));
    else if (key === "Enter" && isExpanded !== undefined) onToggle(node.key, !isExpanded);
    else if (key === "Enter")
      list.current?.querySelector<HTMLElement>(`[data-result="${node.key}"]`)?.click();
    else return false;
    return true;
  };
  return (
    <div
      ref={list}
      role="tree"
      tabIndex={0}
      aria-label="Tests"
      aria-activedescendant={`${id}-${at}`}
      className="tree"
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <TreeRowView
              key={row.node.key}
              id={`${id}-${index}`}
              row={row}
              top={start}
              isActive={index === at}
              isShown={row.node.key === shown}
              onChoose={() => {
                setActive(row.node.key);
                if (row.isExpanded === undefined) return;
                onToggle(row.node.key, !row.isExpanded);
                onNode(row.node.key);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}
