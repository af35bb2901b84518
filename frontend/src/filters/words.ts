/** Conditions as people read them. */
import { formatTime } from "@/components/times";

import { type Entity, fieldOf, wordsOf } from "./fields";
import type { Filter } from "./filter";
import { describeSpan, describeTime } from "./relative-time";

export type Words = { field: string; operator: string; value: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The three parts of a condition in words; the value may be empty. */
export function describeParts(filter: Filter, entity: Entity): Words {
  const kind = fieldOf(entity, filter.field)?.kind ?? "text";
  const field = filter.field.replace(/^(metadata|data|summary)\./, "");
  if (filter.operator === "@")
    return { field, operator: /^[yt1]/i.test(filter.value) ? "exists" : "is missing", value: "" };
  if (kind === "time") {
    const span = describeSpan(filter);
    if (span !== undefined) return { field, operator: span, value: "" };
  }
  return { field, operator: wordsOf(filter.operator, kind), value: shownValue(filter, kind === "time") };
}

/** The condition as a sentence, such as "env is qa". */
export function describeFilter(filter: Filter, entity: Entity): string {
  const { field, operator, value } = describeParts(filter, entity);
  return [field, operator, value].filter(Boolean).join(" ");
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function shownValue({ operator, value }: Filter, isTime: boolean): string {
  if (isTime) return describeTime(value) ?? (isMoment(value) ? formatTime(value) : value);
  if (operator === "*") return value.split(";").map(short).join(", ");
  return short(value);
}

/** More than a date, which is short enough. */
function isMoment(value: string): boolean {
  return value.includes("T") && !Number.isNaN(Date.parse(value));
}

function short(value: string): string {
  return isUuid(value) ? `${value.slice(0, 8)}…` : value;
}
