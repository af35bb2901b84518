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

/** The condition that the text says, or undefined if it says none.  `>=` and `<=` are `)` and `(`. */
export function parseFilter(text: string): Filter | undefined {
  const found = /^\s*([\w.-]+)\s*(>=|<=|[=!><)(*~%@])\s*(.*)$/s.exec(text);
  if (found === null) return undefined;
  const [, field = "", sign = "", value = ""] = found;
  const operator = sign === ">=" ? ")" : sign === "<=" ? "(" : (sign as Operator);
  return { field, operator, value: unquoted(value.trim()) };
}

/** As the server takes it: quoted where a comma would begin another condition. */
export function formatFilter({ field, operator, value }: Filter): string {
  return `${field}${operator}${value.includes(",") ? `"${value}"` : value}`;
}

export function isSame(one: Filter, other: Filter): boolean {
  return formatFilter(one) === formatFilter(other);
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
