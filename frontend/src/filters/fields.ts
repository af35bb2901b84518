/** What runs and results can be filtered by, and what can be said of each kind of field. */
import { OUTCOMES } from "@/components/outcomes";

import { OPERATORS, type Operator } from "./filter";

export type Entity = "run" | "result";
export type Kind = "text" | "number" | "time" | "id" | "boolean" | "list" | "count";
export type Field = { name: string; kind: Kind; label?: string };

const SHARED: readonly Field[] = [
  { name: "component", kind: "text" },
  { name: "env", kind: "text", label: "environment" },
  { name: "source", kind: "text" },
  { name: "start_time", kind: "time", label: "started" },
  { name: "duration", kind: "number", label: "seconds" },
  { name: "metadata.tags", kind: "list", label: "tags" },
  { name: "metadata.jenkins.job_name", kind: "text", label: "Jenkins job" },
  { name: "metadata.jenkins.build_number", kind: "number", label: "Jenkins build" },
  { name: "created", kind: "time", label: "stored" },
  { name: "id", kind: "id" },
];
const COUNTS = [
  "tests",
  "failures",
  "errors",
  "passes",
  "skips",
  "xfailures",
  "xpasses",
  "manual",
  "blocked",
];

export const FIELDS: Record<Entity, readonly Field[]> = {
  run: [
    ...SHARED,
    ...COUNTS.map((count): Field => ({ name: `summary.${count}`, kind: "count" })),
    { name: "summary.pass_percent", kind: "count", label: "pass rate in percent" },
    { name: "summary.collected", kind: "count" },
    { name: "summary.not_run", kind: "count", label: "collected without a result" },
    { name: "is_kept", kind: "boolean", label: "kept for ever" },
    { name: "metadata.branch", kind: "text", label: "branch" },
    { name: "metadata.commit", kind: "text", label: "commit" },
  ],
  result: [
    { name: "test_id", kind: "text", label: "test" },
    { name: "result", kind: "text", label: "outcome" },
    ...SHARED,
    { name: "run_id", kind: "id", label: "run" },
    { name: "metadata.classification", kind: "text", label: "classification" },
    { name: "metadata.exception_name", kind: "text", label: "exception" },
    { name: "metadata.message", kind: "text", label: "message" },
    { name: "metadata.markers", kind: "list", label: "markers" },
    { name: "metadata.annotations", kind: "list", label: "annotations" },
    { name: "metadata.assignee", kind: "text", label: "assignee" },
    { name: "metadata.fspath", kind: "text", label: "file" },
  ],
};

const BY_KIND: Record<Kind, readonly Operator[]> = {
  text: ["=", "!", "*", "~", "%", "@", ">", "<", ")", "("],
  number: ["=", ">", "<", ")", "(", "!", "*", "@"],
  count: [">", "<", "=", ")", "(", "!", "*", "@"],
  time: [">", "<", ")", "(", "@"],
  id: ["=", "!", "*", "~", "@"],
  boolean: ["=", "!", "*", "@"],
  list: ["=", "!", "*", "~", "%", "@"],
};

const RELATIVE_TIMES = ["-1h", "-24h", "-7d", "-30d", "today", "yesterday"];

const LISTS = /^(metadata|data)\.(tags|markers|annotations)$/;
const FREE: Record<Entity, RegExp> = {
  run: /^(metadata|data|summary)\.[^.]/,
  result: /^(metadata|data|params)\.[^.]/,
};

/** The static fields, and the keys that the newest result of a project has, each once. */
export function fieldsOf(entity: Entity, keys: readonly string[]): readonly Field[] {
  const known = FIELDS[entity];
  const names = new Set(known.map(({ name }) => name));
  const free = keys
    .map((key) => key.replace(/^data\./, "metadata."))
    .filter((key) => !names.has(key) && FREE[entity].test(key));
  return [...known, ...[...new Set(free)].map((name) => ({ name, kind: kindOf(name) }))];
}

/** The field with this name, whether it is known or a path of keys; undefined for a name that no field has. */
export function fieldOf(entity: Entity, name: string): Field | undefined {
  const known = FIELDS[entity].find((field) => field.name === name);
  if (known !== undefined) return known;
  return FREE[entity].test(name) ? { name, kind: kindOf(name) } : undefined;
}

/** The operators that make sense, the most useful first; nothing happens exactly at a time. */
export function operatorsOf(kind: Kind): readonly Operator[] {
  return BY_KIND[kind];
}

/** An operator in words, as they are said of such a field. */
export function wordsOf(operator: Operator, kind: Kind): string {
  if (kind === "time") {
    if (operator === ">" || operator === ")") return operator === ">" ? "after" : "at or after";
    if (operator === "<" || operator === "(") return operator === "<" ? "before" : "at or before";
  }
  return OPERATORS[operator];
}

/** Values that are known without asking; undefined where the server knows them. */
export function valuesOf(field: Field, operator: Operator): readonly string[] | undefined {
  if (operator === "@") return ["y", "n"];
  if (field.name === "result") return OUTCOMES.map(({ name }) => name).filter((name) => name !== "unknown");
  if (field.kind === "boolean") return ["true", "false"];
  if (field.kind === "time") return BY_KIND.time.includes(operator) ? RELATIVE_TIMES : [];
  return field.kind === "count" || field.kind === "id" || field.name === "duration" ? [] : undefined;
}

/** The times of both runs and results. */
export function isTime(name: string): boolean {
  return name === "start_time" || name === "created";
}

function kindOf(name: string): Kind {
  return LISTS.test(name) ? "list" : name.startsWith("summary.") ? "count" : "text";
}
