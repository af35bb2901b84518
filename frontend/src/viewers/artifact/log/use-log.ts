/** The state of the log viewer: what is read, what was found, and the ways through it. */
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";

import type { Artifact } from "@/api/types";

import { artifactUrl } from "../artifact-url";
import { ERROR_PATTERN } from "./levels";
import type { Query } from "./line-search";
import { LogHits } from "./log-hits";
import type { LogLinesHandle } from "./log-lines";
import { LogSource } from "./log-source";
import { type Direction, nextPlace } from "./next-place";
import { useLogQuery } from "./use-log-query";
import { useSelectedLines } from "./use-selected-lines";
import { useStore } from "./use-store";

const ERRORS: Query = { text: ERROR_PATTERN, isRegex: true, isCaseSensitive: true };

type Wish = { of: "search" | "errors"; direction: Direction };
type Place = { found: LogHits; place: number };

export function useLog({ id, size }: Artifact) {
  const url = artifactUrl(id, "view");
  const source = useMemo(() => new LogSource(url, size), [url, size]);
  useStore(source);
  const list = useRef<LogLinesHandle>(null);
  const lines = useSelectedLines(source, list);
  const query = useLogQuery();
  const search = useMemo(() => query.asked && new LogHits(url, query.asked), [url, query.asked]);
  useStore(search);
  const [errors, setErrors] = useState<LogHits>();
  useStore(errors);
  const [at, setAt] = useState<Place>();
  const [wish, setWish] = useState<Wish>();

  const placeOf = (found: LogHits, direction: Direction) => {
    const { selected } = lines;
    if (at?.found === found && found === search) return nextPlace(found.hits, direction, at, found.isDone);
    const first = list.current?.first() ?? 0;
    const isPast = found !== search && direction === 1;
    const line = selected === undefined ? first : selected.from + (isPast ? 1 : 0);
    return nextPlace(found.hits, direction, { line }, found.isDone);
  };
  const follow = (found: LogHits, next: Wish) => {
    const place = placeOf(found, next.direction);
    const hit = place === undefined ? undefined : found.hits.at(place);
    setWish(hit === undefined && !found.isDone ? next : undefined);
    if (place === undefined || hit === undefined) return;
    setAt({ found, place });
    lines.go(hit.line);
  };
  const awaited = wish && (wish.of === "search" ? search : errors);
  const onNews = useEffectEvent(() => {
    if (wish !== undefined && awaited !== undefined) follow(awaited, wish);
  });
  useEffect(() => awaited?.subscribe(() => onNews()), [awaited]);
  return {
    source,
    list,
    ...lines,
    query,
    search,
    errors,
    /** The place of the hit that somebody went to. */
    current: at !== undefined && at.found === search ? at.place : undefined,
    next: (direction: Direction) => {
      if (query.ask()) setWish({ of: "search", direction });
      else if (search !== undefined) follow(search, { of: "search", direction });
    },
    nextError: (direction: Direction) => {
      const found = errors ?? new LogHits(url, ERRORS);
      setErrors(found);
      follow(found, { of: "errors", direction });
    },
    toStart: () => {
      source.leaveTail();
      list.current?.show(0);
    },
    toEnd: () => {
      if (source.isIndexed) list.current?.show(source.lines - 1);
      else void source.readTail();
    },
  };
}
