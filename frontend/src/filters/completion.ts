/** What can follow what stands in the box: fields, operators, values, or conditions for a plain word. */
import { OUTCOMES } from "@/components/outcomes";

import { type Entity, type Field, fieldOf, operatorsOf, valuesOf, wordsOf } from "./fields";
import { type Filter, formatFilter, type Operator, parseFilter, parseTyped } from "./filter";
import { describeTime } from "./relative-time";
import { describeFilter, isUuid } from "./words";

/** Where in a condition the text ends; `done` are the complete conditions before it. */
export type Reading = { done: string; typed: string } & (
  | { stage: "field" }
  | { stage: "operator"; field: Field }
  /** `before` are the values of a list that are complete, with their semicolons. */
  | { stage: "value"; field: Field; operator: Operator; before: string }
);

/** Choosing it puts `text` into the box, or makes `filters` conditions. */
export type Suggestion = { key: string; label: string; hint?: string } & (
  { text: string; filters?: undefined } | { filters: readonly Filter[]; text?: undefined }
);

export type KnownValue = { value: string; count: number };

const MOST = 50;

/** `fields` are those that have been offered, so that their names count as complete. */
export function read(text: string, entity: Entity, fields: readonly Field[]): Reading {
  const { done, last } = split(text, entity, fields);
  const filter = parseFilter(last);
  const field = filter && fieldOf(entity, filter.field);
  if (filter && field) {
    const value = last.replace(/^[\w.-]+\s*(>=|<=|.)\s*/s, "");
    const cut = filter.operator === "*" ? value.lastIndexOf(";") + 1 : 0;
    const { operator } = filter;
    return { stage: "value", done, field, operator, before: value.slice(0, cut), typed: value.slice(cut) };
  }
  const named = /^([\w.-]+)(\s.*)?$/s.exec(last);
  const known = fields.find(({ name }) => name === named?.[1]);
  if (known) return { stage: "operator", done, field: known, typed: (named?.[2] ?? "").trim() };
  return { stage: "field", done, typed: last.trim() };
}

/** `values` are those that the server knows for the field at hand. */
export function suggest(
  reading: Reading,
  entity: Entity,
  fields: readonly Field[],
  values: readonly KnownValue[],
): Suggestion[] {
  switch (reading.stage) {
    case "field": {
      const free = reading.typed.includes(".") ? fieldOf(entity, reading.typed) : undefined;
      return [
        ...fieldsFor(reading, fields),
        ...(free ? operatorsFor({ ...reading, typed: "" }, free) : conditionsFor(reading, entity)),
      ];
    }
    case "operator":
      return operatorsFor(reading, reading.field);
    case "value":
      return valuesFor(reading, values).slice(0, MOST);
  }
}

/** The conditions that the text says as it stands, or what is wrong with it. */
export function conclude(
  text: string,
  entity: Entity,
  fields: readonly Field[],
): readonly Filter[] | { problem: string } {
  const filters = parseTyped(text.trim(), (name) => fieldOf(entity, name) !== undefined)?.map(
    withoutLooseEnd,
  );
  const empty = filters?.find(({ value }) => value === "");
  if (empty) return { problem: `${describeFilter(empty, entity)} … what? Add a value.` };
  if (filters) return filters;
  const reading = read(text.trim(), entity, fields);
  if (reading.stage === "operator") {
    const { name } = reading.field;
    return { problem: `What about ${name}? Go on with an operator and a value, as in ${name}=…` };
  }
  const [meant] = conditionsFor(reading, entity);
  return meant?.filters ?? { problem: `“${text.trim()}” is no condition. Write one as in env=qa.` };
}

function withoutLooseEnd(filter: Filter): Filter {
  return filter.operator === "*" ? { ...filter, value: filter.value.replace(/(\s*;\s*)+$/, "") } : filter;
}

/** The last condition of the text, however far it goes, and what is before it. */
function split(text: string, entity: Entity, fields: readonly Field[]): { done: string; last: string } {
  const heads = [...text.matchAll(/(?<=^|[\s,])([\w.-]+)\s*(?=[=!><)(*~%@])/g)];
  const start = heads.findLast((head) => fieldOf(entity, head[1] ?? ""))?.index ?? 0;
  const next = /(?<=[^\s,].*(?:\s|,\s*))([\w.-]{2,}|(?<=,\s*))$/s.exec(text.slice(start));
  const isField = next !== null && start + next.index > 0 && parseFilter(text.slice(start)) !== undefined;
  const from = isField && fields.some(({ name }) => name.startsWith(next[0])) ? start + next.index : start;
  return { done: text.slice(0, from), last: text.slice(from).trimStart() };
}

function fieldsFor({ done, typed }: Reading, fields: readonly Field[]): Suggestion[] {
  const wanted = typed.toLowerCase();
  return fields
    .map((field) => ({ field, rank: rankOf(field, wanted) }))
    .filter(({ rank }) => rank < UNRELATED)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ field }) => ({ key: field.name, label: field.name, hint: field.label, text: done + field.name }));
}

const UNRELATED = 3;

/** Names that begin so, then keys that do, then whatever has the letters in its name or its word. */
function rankOf({ name, label = "" }: Field, wanted: string): number {
  if (name.startsWith(wanted)) return 0;
  if (name.includes(`.${wanted}`) || label.toLowerCase().startsWith(wanted)) return 1;
  return `${name} ${label.toLowerCase()}`.includes(wanted) ? 2 : UNRELATED;
}

/** What a plain word may mean; the first is what Enter takes. */
function conditionsFor(
  { done, typed }: Reading,
  entity: Entity,
): (Suggestion & { filters: readonly Filter[] })[] {
  if (typed === "" || /[=!><)(*~%@]/.test(typed)) return [];
  const earlier = parseTyped(done.replace(/[\s,]+$/, ""), () => true) ?? [];
  return meanings(typed, entity).map((filter) => ({
    key: formatFilter(filter),
    label: describeFilter(filter, entity),
    hint: formatFilter(filter),
    filters: [...earlier, filter],
  }));
}

function meanings(value: string, entity: Entity): Filter[] {
  const contains = (field: string): Filter => ({ field, operator: "%", value });
  const is = (field: string): Filter => ({ field, operator: "=", value });
  if (entity === "run")
    return [
      ...(isUuid(value) ? [is("id")] : []),
      ...["source", "component", "env", "metadata.jenkins.job_name"].map(contains),
    ];
  const outcomes = OUTCOMES.filter(({ name }) => name.startsWith(value.toLowerCase()) && name !== "unknown");
  return [
    ...(isUuid(value) ? [is("id"), is("run_id")] : []),
    contains("test_id"),
    ...outcomes.map(({ name }): Filter => ({ field: "result", operator: "=", value: name })),
  ];
}

function operatorsFor({ done, typed }: Reading, field: Field): Suggestion[] {
  return operatorsOf(field.kind)
    .filter((operator) => wordsOf(operator, field.kind).startsWith(typed.toLowerCase()))
    .map((operator) => {
      const sign = operator === ")" ? ">=" : operator === "(" ? "<=" : operator;
      return {
        key: operator,
        label: `${field.name} ${wordsOf(operator, field.kind)}`,
        hint: sign,
        text: `${done}${field.name}${sign}`,
      };
    });
}

function valuesFor(reading: Reading & { stage: "value" }, values: readonly KnownValue[]): Suggestion[] {
  const { done, typed, before, field, operator } = reading;
  const wanted = typed.trim().toLowerCase();
  const taken = new Set(before.split(";"));
  const known: readonly { value: string; count?: number }[] =
    valuesOf(field, operator)?.map((value) => ({ value })) ?? values;
  const earlier = parseTyped(done.replace(/[\s,]+$/, ""), () => true) ?? [];
  return known
    .filter(({ value }) => value.toLowerCase().startsWith(wanted) && !taken.has(value))
    .map(({ value, count }) => {
      const label = labelOf(value, field, operator);
      const shown = {
        key: value,
        label,
        hint: count === undefined ? (label === value ? undefined : value) : countedAs(count),
      };
      return operator === "*"
        ? { ...shown, text: `${done}${field.name}*${before}${value};` }
        : { ...shown, filters: [...earlier, { field: field.name, operator, value }] };
    });
}

function countedAs(results: number): string {
  return results === 1 ? "1 result" : `${results.toLocaleString()} results`;
}

function labelOf(value: string, field: Field, operator: Operator): string {
  if (operator === "@") return value === "y" ? "has a value" : "has none";
  return field.kind === "time" ? (describeTime(value) ?? value) : value;
}
