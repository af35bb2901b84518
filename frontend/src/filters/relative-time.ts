/** Times that move with the clock: `start_time>-7d` is whatever started in the last seven days. */
import { isTime } from "./fields";
import type { Filter } from "./filter";

const MINUTE = 60_000;
const UNITS = { h: "hour", d: "day", w: "week", mo: "month" } as const;
type Unit = keyof typeof UNITS;

const STORED = /^-(\d{1,4})(h|d|w|mo)$/;
const TYPED = /^(?:-|last\s+)?(\d{1,4})?\s*(h|hours?|d|days?|w|weeks?|mo|months?)(?:\s+ago)?$/i;

/** What a person typed in its short form, such as `-7d` for `7 days`; undefined if it is no relative time. */
export function relativeOf(text: string): string | undefined {
  const typed = text.trim().toLowerCase();
  if (isDay(typed)) return typed;
  const found = TYPED.exec(typed);
  if (found === null) return undefined;
  const unit = found[2]?.startsWith("mo") ? "mo" : (found[2]?.[0] ?? "d");
  return `-${Number(found[1] ?? 1)}${unit}`;
}

/** The condition with its time in the short form, if the time is one. */
export function shortened(filter: Filter): Filter {
  const value = isMoving(filter) ? relativeOf(filter.value) : undefined;
  return value === undefined ? filter : { ...filter, value };
}

/** The condition as the server takes it; whole minutes, so that asking again soon is the same question. */
export function absolute(filter: Filter, now = Date.now()): Filter {
  const moment = isMoving(filter) ? momentOf(filter.value, now) : undefined;
  return moment === undefined ? filter : { ...filter, value: moment.toISOString() };
}

/** Such as "7 days ago"; undefined for a time that stands still. */
export function describeTime(value: string): string | undefined {
  if (isDay(value)) return value;
  const found = STORED.exec(value);
  return found === null ? undefined : `${countOf(found)} ago`;
}

/** Such as "in the last 7 days", where the condition says so. */
export function describeSpan({ operator, value }: Filter): string | undefined {
  if (operator !== ">" && operator !== ")") return undefined;
  if (isDay(value)) return `since ${value}`;
  const found = STORED.exec(value);
  return found === null ? undefined : `in the last ${countOf(found)}`;
}

function isMoving({ field, operator }: Filter): boolean {
  return isTime(field) && operator !== "@" && operator !== "*";
}

function isDay(value: string): boolean {
  return value === "today" || value === "yesterday";
}

function countOf([, count, unit]: RegExpExecArray): string {
  return `${count} ${UNITS[unit as Unit]}${count === "1" ? "" : "s"}`;
}

function momentOf(value: string, now: number): Date | undefined {
  const moment = new Date(Math.floor(now / MINUTE) * MINUTE);
  if (isDay(value)) {
    moment.setHours(0, 0, 0, 0);
    if (value === "yesterday") moment.setDate(moment.getDate() - 1);
    return moment;
  }
  const found = STORED.exec(value);
  if (found === null) return undefined;
  const count = Number(found[1]);
  if (found[2] === "mo") setMonthsBack(moment, count);
  else
    moment.setTime(
      moment.getTime() - count * { h: 60, d: 1440, w: 10_080 }[found[2] as "h" | "d" | "w"] * MINUTE,
    );
  return moment;
}

/** The same day of that month, or its last one. */
function setMonthsBack(moment: Date, count: number): void {
  const day = moment.getDate();
  moment.setMonth(moment.getMonth() - count);
  if (moment.getDate() !== day) moment.setDate(0);
}
