/** The tests of a run as a tree: folders, files, classes, tests. */
import type { RunTest } from "@/api/types";
import { isFailure, OUTCOMES } from "@/components/outcomes";

export type TreeNode = {
  /** The names from the top down to here; of a test the id of its result. */
  key: string;
  name: string;
  test?: RunTest;
  children: TreeNode[];
  /** Counts as in the `summary` of a run. */
  summary: Record<string, number>;
  tests: number;
  /** Failures and errors below. */
  failures: number;
};

export type TreeRow = {
  node: TreeNode;
  /** 1 at the top. */
  level: number;
  parent: string | undefined;
  place: number;
  siblings: number;
  /** Undefined of a test. */
  isExpanded: boolean | undefined;
};

type Branch = TreeNode & { branches: Map<string, Branch> };

const COUNTED = new Map(OUTCOMES.map(({ name, counted }) => [name as string, counted]));
const collator = new Intl.Collator("en", { numeric: true });

export function treeOf(tests: readonly RunTest[]): TreeNode {
  const root = branch("", "");
  for (const test of tests) {
    const names = placeOf(test);
    let node = root;
    count(node, test);
    for (const name of names.slice(0, -1)) {
      node = below(node, name);
      count(node, test);
    }
    const leaf: TreeNode = { ...branch(test.id, names.at(-1) ?? ""), test };
    count(leaf, test);
    node.children.push(leaf);
  }
  return sorted(root);
}

/** Folders and the file of the path, then what the id of the test says besides; the last one is the test. */
export function placeOf({ path, test_id }: Pick<RunTest, "path" | "test_id">): string[] {
  const file = partsOfPath(path ?? "");
  const names = partsOfId(test_id ?? "");
  const rest = names.slice(saidTwice(file, names));
  const leaf = rest.length > 0 ? rest : names.slice(-1);
  return [...(file.length > 0 ? file : path === null && leaf.length < 2 ? [NO_PATH] : []), ...leaf];
}

/** Only what leads to tests that are wanted; counts stay those of all tests. */
export function pruned(node: TreeNode, isWanted: (test: RunTest) => boolean): TreeNode | undefined {
  if (node.test) return isWanted(node.test) ? node : undefined;
  const children = node.children.flatMap((child) => pruned(child, isWanted) ?? []);
  return children.length > 0 ? { ...node, children } : undefined;
}

/** The keys of the nodes that lead to another one, the topmost first; undefined if it is not there. */
export function wayTo(node: TreeNode, key: string): string[] | undefined {
  for (const child of node.children) {
    if (child.key === key) return [];
    const way = wayTo(child, key);
    if (way) return [child.key, ...way];
  }
  return undefined;
}

/** What is seen of a tree, from top to bottom. */
export function rowsOf(root: TreeNode, isOpen: (node: TreeNode, level: number) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (node: TreeNode, level: number, parent: string | undefined) =>
    node.children.forEach((child, at) => {
      const isExpanded = child.test ? undefined : isOpen(child, level);
      rows.push({ node: child, level, parent, place: at + 1, siblings: node.children.length, isExpanded });
      if (isExpanded) add(child, level + 1, child.key);
    });
  add(root, 1, undefined);
  return rows;
}

const NO_PATH = "Without a path";

function partsOfPath(path: string): string[] {
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  const packages = parts.lastIndexOf("site-packages");
  return parts
    .slice(packages + 1)
    .filter((part, at, all) => part !== ".." || all.slice(0, at).some((one) => one !== ".."));
}

/** Parameters in brackets may hold anything and stay with the name before them. */
function partsOfId(id: string): string[] {
  const bracket = id.indexOf("[");
  const plain = bracket < 0 ? id : id.slice(0, bracket);
  const names = plain.split(plain.includes("::") ? "::" : ".").filter((name) => name !== "");
  const last = names.pop();
  return last === undefined
    ? [id || "A test without a name"]
    : [...names, bracket < 0 ? last : last + id.slice(bracket)];
}

/** How many of the first names only repeat the file, as a path or as a module. */
function saidTwice(file: readonly string[], names: readonly string[]): number {
  const name = file.at(-1);
  if (name === undefined) return 0;
  if (names[0]?.includes("/") && names[0].endsWith(name)) return 1;
  const module = [...file.slice(0, -1), name.replace(/\.\w+$/, "")];
  const longest = Math.min(module.length, names.length - 1);
  for (let length = longest; length > 0; length -= 1) {
    if (module.slice(-length).every((part, at) => part === names[at])) return length;
  }
  return 0;
}

function below(node: Branch, name: string): Branch {
  let child = node.branches.get(name);
  if (child === undefined) {
    child = branch(node.key === "" ? name : `${node.key}/${name}`, name);
    node.branches.set(name, child);
    node.children.push(child);
  }
  return child;
}

function branch(key: string, name: string): Branch {
  return { key, name, children: [], summary: {}, tests: 0, failures: 0, branches: new Map() };
}

function count(node: TreeNode, { result }: RunTest): void {
  const counted = COUNTED.get(result ?? "unknown") ?? "unknown";
  node.summary[counted] = (node.summary[counted] ?? 0) + 1;
  node.tests += 1;
  node.failures += isFailure(result) ? 1 : 0;
}

/** What is inside of others first, then tests, each by name. */
function sorted(node: TreeNode): TreeNode {
  node.children.sort(
    (one, other) =>
      Number(one.test !== undefined) - Number(other.test !== undefined) ||
      collator.compare(one.name, other.name),
  );
  node.children.forEach(sorted);
  return node;
}
