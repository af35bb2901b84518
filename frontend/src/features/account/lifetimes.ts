/** How long an API token is good for: what can be chosen, and what that means in dates. */

export const LIFETIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "One year" },
  { value: "date", label: "Until a day" },
  { value: "never", label: "Until it is deleted" },
] as const;
export type Lifetime = (typeof LIFETIMES)[number]["value"];

const DAY = 86_400_000;
/** The server knows no "never", but ends that nobody lives to see. */
const ETERNITY_DAYS = 900 * 365;
const NEVER_DAYS = 500 * 365;

/** The end as the server takes it; of a day, it is the last second there is of it here. */
export function endOf(lifetime: Lifetime, day: string, now = Date.now()): string {
  if (lifetime === "date") return new Date(`${day}T23:59:59`).toISOString();
  const days = lifetime === "never" ? ETERNITY_DAYS : Number(lifetime);
  return new Date(now + days * DAY).toISOString();
}

export function isEndless(expires: string, now = Date.now()): boolean {
  return new Date(expires).getTime() - now > NEVER_DAYS * DAY;
}

export function isOver(expires: string, now = Date.now()): boolean {
  return new Date(expires).getTime() <= now;
}

/** The first day that can be chosen, as `<input type="date">` takes it. */
export function today(now = new Date()): string {
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}
