/** The server's filter language: conditions such as `env=qa`, read and written. */

export const OPERATORS = {
  "=": "is",
  "!": "is not",
  ">": "greater than",
  "<": "less than",
  ")": "at least",
  "(": "at most",
  "*": "is one of",
  "~": "matches",
  "%": "contains",
  "@": "exists",
} as const;
export type Operator = keyof typeof OPERATORS;

export type Filter = { field: string; operator: Operator; value: string };

const HEAD = String.raw`([A-Za-z0-9._-]+)(>=|<=|[=!><)(*~%@])`;
const LOOSE_HEAD = String.raw`([A-Za-z0-9._-]+)\s*(>=|<=|[=!><)(*~%@])`;

/** The condition that the text says, or undefined if it says none.  `>=` and `<=` are `)` and `(`. */
export function parseFilter(text: string): Filter | undefined {
  const found = new RegExp(String.raw`^\s*${LOOSE_HEAD}\s*(.*)$`, "s").exec(text);
  return found === null ? undefined : made(found[1], found[2], (found[3] ?? "").trim());
}

/** All conditions of one `filter` parameter, cut where the server cuts it; undefined if some of it says none. */
export function parseFilters(text: string): Filter[] | undefined {
  return cut(text, new RegExp(`${HEAD}("[^"]*"|.*?)(?=,${HEAD}|$),?`, "sy"));
}

/** Conditions as people type them: blanks may stand around operators, and before another known field. */
export function parseTyped(text: string, isField: (name: string) => boolean): Filter[] | undefined {
  const next = new RegExp(String.raw`(?:\s*,\s*|\s+)(?=${LOOSE_HEAD})`, "sg");
  const ends: number[] = [];
  const starts = [0];
  for (const found of text.matchAll(next)) {
    const isQuoted = (text.slice(0, found.index).split('"').length - 1) % 2 === 1;
    if (isQuoted || !isField(found[1] ?? "") || text.slice(0, found.index).trim() === "") continue;
    ends.push(found.index);
    starts.push(found.index + found[0].length);
  }
  const filters = starts.map((start, index) => parseFilter(text.slice(start, ends[index])));
  return filters.every((filter) => filter !== undefined) ? filters : undefined;
}

/** As the server takes it: quoted where a comma would begin another condition. */
export function formatFilter({ field, operator, value }: Filter): string {
  return `${field}${operator}${needsQuotes(value) ? `"${value}"` : value}`;
}

/** As people type it: quoted where blanks or commas would begin another condition. */
export function editable(filter: Filter, isField: (name: string) => boolean): string {
  const sign = filter.operator === ")" ? ">=" : filter.operator === "(" ? "<=" : filter.operator;
  const plain = `${filter.field}${sign}${filter.value}`;
  const [first, ...others] = parseTyped(plain, isField) ?? [];
  const isPlain = first !== undefined && others.length === 0 && isSame(first, filter);
  return isPlain ? plain : `${filter.field}${sign}"${filter.value}"`;
}

export function isSame(one: Filter, other: Filter): boolean {
  return formatFilter(one) === formatFilter(other);
}

function cut(text: string, clause: RegExp): Filter[] | undefined {
  const filters: Filter[] = [];
  while (clause.lastIndex < text.length) {
    const found = clause.exec(text);
    if (found === null) return undefined;
    filters.push(made(found[1], found[2], found[3]));
  }
  return filters;
}

function made(field = "", sign = "", value = ""): Filter {
  const operator = sign === ">=" ? ")" : sign === "<=" ? "(" : (sign as Operator);
  return { field, operator, value: unquoted(value) };
}

function needsQuotes(value: string): boolean {
  return value.includes(",") || value !== value.trim() || isQuoted(value);
}

function unquoted(value: string): string {
  return isQuoted(value) ? value.slice(1, -1) : value;
}

function isQuoted(value: string): boolean {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"');
}
