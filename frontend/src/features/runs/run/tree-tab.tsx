/** The tests of a run as a tree of folders, files and classes. */
import { Button, Switch } from "@patternfly/react-core";
import { useDeferredValue, useMemo, useState } from "react";
import { useSearchParams } from "react-router";

import type { RunTest } from "@/api/types";
import { isFailure } from "@/components/outcomes";
import { Empty, Failed, Loading } from "@/components/states";

import { useAddress } from "./address";
import { SearchBox } from "./search-box";
import { useOrder } from "./split";
import { pruned, rowsOf, type TreeNode, treeOf, wayTo } from "./tree";
import { TreeList } from "./tree-list";
import "./tree.css";
import { useTests } from "./use-run";

export function TreeTab({ runId, live }: { runId: string; live: boolean }) {
  const tests = useTests(runId, live);
  if (tests.isPending) return <Loading what="the tests" lines={10} />;
  if (tests.isError)
    return <Failed error={tests.error} what="the tests" onRetry={() => void tests.refetch()} />;
  if (tests.data.tests.length === 0)
    return (
      <Empty title="This run has no results yet">They are shown here as soon as they are reported.</Empty>
    );
  return <Tree tests={tests.data.tests} isComplete={tests.data.is_complete} />;
}

function Tree({ tests, isComplete }: { tests: readonly RunTest[]; isComplete: boolean }) {
  const { resultId } = useAddress();
  const [search, setSearch] = useSearchParams();
  const change = (name: string, value: string) =>
    setSearch(
      (present) => {
        const next = new URLSearchParams(present);
        next.delete(name);
        if (value !== "") next.set(name, value);
        return next;
      },
      { replace: true, flushSync: true },
    );
  const onlyFailed = search.has("failed");
  const text = search.get("text") ?? "";
  const node = search.get("node") ?? undefined;
  const all = useMemo(() => treeOf(tests), [tests]);
  const root = useWanted(all, onlyFailed, text);
  const { rows, toggle, openAll } = useRows(root, onlyFailed || text !== "", resultId ?? node);
  useOrder(useMemo(() => rows.flatMap(({ node: { test } }) => test?.id ?? []), [rows]));
  return (
    <>
      <h2 className="pf-v6-screen-reader">Tree of tests</h2>
      <div className="tree-tools">
        <SearchBox label="Find in the tree" value={text} onSearch={(next) => change("text", next)} />
        <Switch
          label="Only failures"
          isChecked={onlyFailed}
          onChange={(_, isOn) => change("failed", isOn ? "1" : "")}
        />
        <Button variant="link" isInline onClick={() => openAll(true)}>
          Expand all
        </Button>
        <Button variant="link" isInline onClick={() => openAll(false)}>
          Collapse all
        </Button>
      </div>
      {!isComplete && <p>Only the first {tests.length.toLocaleString()} tests are shown here.</p>}
      {rows.length === 0 ? (
        <Empty title={onlyFailed && text === "" ? "Nothing failed" : "No such tests"} />
      ) : (
        <TreeList
          rows={rows}
          shown={resultId ?? node}
          onToggle={toggle}
          onNode={(key) => change("node", key)}
        />
      )}
    </>
  );
}

function useWanted(root: TreeNode, onlyFailed: boolean, text: string): TreeNode {
  const wanted = useDeferredValue(text.toLowerCase());
  return useMemo(() => {
    if (!onlyFailed && wanted === "") return root;
    const isWanted = ({ result, test_id, path }: RunTest) =>
      (!onlyFailed || isFailure(result)) && `${path ?? ""} ${test_id ?? ""}`.toLowerCase().includes(wanted);
    return pruned(root, isWanted) ?? { ...root, children: [] };
  }, [root, onlyFailed, wanted]);
}

/** Open is what was opened, what leads to what is shown, and as long as there is nothing to choose from, the next level. */
function useRows(root: TreeNode, isNarrowed: boolean, shown: string | undefined) {
  const [all, setAll] = useState<boolean>();
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const way = useMemo(() => new Set(shown === undefined ? [] : wayTo(root, shown)), [root, shown]);
  const rows = useMemo(() => {
    const single = levelsWithOne(root);
    return rowsOf(
      root,
      ({ key }, level) => turned.get(key) ?? (way.has(key) || (all ?? (isNarrowed || level <= single))),
    );
  }, [root, turned, way, all, isNarrowed]);
  return {
    rows,
    toggle: (key: string, isOpen: boolean) => setTurned((present) => new Map(present).set(key, isOpen)),
    openAll: (isOpen: boolean) => {
      setAll(isOpen);
      setTurned(new Map());
    },
  };
}

/** So many folders beside each other are opened at once. */
const FEW = 3;

function levelsWithOne(root: TreeNode): number {
  const [only, ...others] = root.children;
  if (only === undefined || only.test || others.length > 0) return root.children.length <= FEW ? 1 : 0;
  return 1 + levelsWithOne(only);
}
