/** One line of the tree: a test, or what tests are in. */
import AngleDownIcon from "@patternfly/react-icons/dist/esm/icons/angle-down-icon";
import AngleRightIcon from "@patternfly/react-icons/dist/esm/icons/angle-right-icon";

import { OutcomeBar, OutcomeLabel } from "@/components/outcome";
import { passRate } from "@/components/pass-rate";
import { formatDuration } from "@/components/times";

import { ResultLink } from "./result-link";
import type { TreeNode, TreeRow } from "./tree";

export const ROW_HEIGHT = 34;

export function TreeRowView({
  id,
  row: { node, level, place, siblings, isExpanded },
  top,
  isActive,
  isShown,
  onChoose,
}: {
  id: string;
  row: TreeRow;
  top: number;
  isActive: boolean;
  isShown: boolean;
  onChoose: () => void;
}) {
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the tree takes the keys
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      aria-level={level}
      aria-posinset={place}
      aria-setsize={siblings}
      aria-expanded={isExpanded}
      aria-selected={isShown}
      className={isActive ? "tree-row tree-active" : "tree-row"}
      style={{ top, height: ROW_HEIGHT, paddingInlineStart: `${level * 1.25 - 0.75}rem` }}
      onClick={onChoose}
    >
      {node.test ? (
        <Test test={node.test} name={node.name} />
      ) : (
        <Branch node={node} isExpanded={isExpanded} />
      )}
    </div>
  );
}

function Test({ test, name }: { test: NonNullable<TreeNode["test"]>; name: string }) {
  return (
    <>
      <OutcomeLabel name={test.result} compact />
      <span className="tree-name">
        <ResultLink id={test.id} tabIndex={-1}>
          {name}
        </ResultLink>
      </span>
      <span className="tree-facts">{formatDuration(test.duration)}</span>
    </>
  );
}

function Branch({ node, isExpanded }: { node: TreeNode; isExpanded: boolean | undefined }) {
  const share = passRate({ tests: node.tests, passes: node.summary.passes ?? 0 });
  return (
    <>
      <span aria-hidden>{isExpanded ? <AngleDownIcon /> : <AngleRightIcon />}</span>
      <span className="tree-name">{node.name}</span>
      <span className="tree-facts">
        {node.failures > 0 && <b className="tree-failures">{node.failures.toLocaleString()} failed</b>}{" "}
        {node.tests.toLocaleString()} tests, {share}
      </span>
      <span className="tree-bar">
        <OutcomeBar summary={node.summary} />
      </span>
    </>
  );
}
