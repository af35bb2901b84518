/** A JSON value as the rows of a tree, as far as it is unfolded. */

export type JsonRow = {
  /** The way to it: `/cart/items/0`, unique in the value. */
  path: string;
  key: string | undefined;
  depth: number;
  value: unknown;
  /** How many things are in it; undefined for what has no inside. */
  size: number | undefined;
  isOpen: boolean;
};

/** So many levels are unfolded at first, if that is not too much. */
const OPEN_DEPTH = 2;
const OPEN_SIZE = 100;

/** `toggled`: the paths whose state is not the one that they had at first. */
export function rowsOf(value: unknown, toggled: ReadonlySet<string>): JsonRow[] {
  const rows: JsonRow[] = [];
  const visit = (one: unknown, path: string, key: string | undefined, depth: number) => {
    const size = sizeOf(one);
    const isOpen = size !== undefined && isOpenAtFirst(depth, size) !== toggled.has(path);
    rows.push({ path, key, depth, value: one, size, isOpen });
    if (!isOpen) return;
    for (const [name, inner] of Object.entries(one as object))
      visit(inner, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, name, depth + 1);
  };
  visit(value, "", undefined, 0);
  return rows;
}

/** The row of the container that this row is in. */
export function parentOf(rows: readonly JsonRow[], at: number): number {
  const depth = rows[at]?.depth ?? 0;
  for (let row = at - 1; row >= 0; row -= 1) if ((rows[row]?.depth ?? 0) < depth) return row;
  return at;
}

function isOpenAtFirst(depth: number, size: number): boolean {
  return depth === 0 || (depth < OPEN_DEPTH && size <= OPEN_SIZE);
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}
