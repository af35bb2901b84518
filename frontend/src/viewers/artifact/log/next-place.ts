/** To which hit "next" and "previous" lead. */
import type { Hits } from "./hits";

export type Direction = 1 | -1;

/**
 * From the hit where somebody is, or else from a line; around the end of the file to its beginning and back.
 * Undefined: nobody knows yet, or there are none.
 */
export function nextPlace(
  hits: Hits,
  direction: Direction,
  from: { place: number } | { line: number },
  isDone: boolean,
): number | undefined {
  const first = "place" in from ? from.place + 1 : hits.firstFrom(from.line);
  const place = direction === 1 ? first : first - ("place" in from ? 2 : 1);
  if (place >= 0 && place < hits.length) return place;
  if (!isDone || hits.length === 0) return undefined;
  return direction === 1 ? 0 : hits.length - 1;
}
