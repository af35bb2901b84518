/** The state of a list page, which is its URL: `?filter=…&sort=…&page=…&pageSize=…`. */
import { useMemo } from "react";
import { useSearchParams } from "react-router";

import { type Filter, formatFilter, isSame, parseFilters } from "./filter";
import { absolute } from "./relative-time";

export const PAGE_SIZE = 20;
const LARGEST_PAGE = 500;

export type ListState = {
  filters: readonly Filter[];
  sort: string | undefined;
  page: number;
  pageSize: number;
  /** What the server is asked, but for the project: times are absolute, and what is no condition is for it to refuse. */
  query: { filter: string[]; sort?: string; page: number; pageSize: number };
  setFilters: (filters: readonly Filter[]) => void;
  /** Adds the condition, or leaves everything as it is if it is there already. */
  add: (filter: Filter) => void;
  remove: (filter: Filter) => void;
  setSort: (sort: string | undefined) => void;
  setPage: (page: number) => void;
  setPageSize: (size: number) => void;
  /** Filters and sorting at once, as of a saved filter. */
  show: (filters: readonly Filter[], sort: string | undefined) => void;
};

export function useList(): ListState {
  const [parameters, setParameters] = useSearchParams();
  return useMemo(() => {
    const read = parameters.getAll("filter").map((text) => ({ text, filters: parseFilters(text) }));
    const filters = distinct(read.flatMap((one) => one.filters ?? []));
    const unreadable = read.filter((one) => one.filters === undefined).map(({ text }) => text);
    const sort = parameters.get("sort") ?? undefined;
    const page = positive(parameters.get("page"), 1);
    const pageSize = Math.min(positive(parameters.get("pageSize"), PAGE_SIZE), LARGEST_PAGE);
    /**
     * Whatever else is in the URL stays; all but a change of the page lead to its first one.  It takes effect at
     * once: left to a transition, it would wait for those who type on, and they would add to what was there before.
     */
    const go = (change: (next: URLSearchParams) => void) =>
      setParameters(
        (present) => {
          const next = new URLSearchParams(present);
          next.delete("page");
          change(next);
          return next;
        },
        { flushSync: true },
      );
    const put = (next: URLSearchParams, key: string, value: string | undefined) => {
      next.delete(key);
      if (value !== undefined) next.set(key, value);
    };
    const putFilters = (next: URLSearchParams, all: readonly Filter[]) => {
      next.delete("filter");
      distinct(all).forEach((filter) => next.append("filter", formatFilter(filter)));
    };
    const setFilters = (all: readonly Filter[]) => go((next) => putFilters(next, all));
    return {
      filters,
      sort,
      page,
      pageSize,
      query: {
        filter: [...filters.map((filter) => formatFilter(absolute(filter))), ...unreadable],
        ...(sort === undefined ? {} : { sort }),
        page,
        pageSize,
      },
      setFilters,
      add: (filter) => {
        if (!filters.some((one) => isSame(one, filter))) setFilters([...filters, filter]);
      },
      remove: (filter) => setFilters(filters.filter((one) => !isSame(one, filter))),
      setSort: (value) => go((next) => put(next, "sort", value)),
      setPage: (value) => go((next) => put(next, "page", value === 1 ? undefined : String(value))),
      setPageSize: (value) =>
        go((next) => put(next, "pageSize", value === PAGE_SIZE ? undefined : String(value))),
      show: (all, by) =>
        go((next) => {
          putFilters(next, all);
          put(next, "sort", by);
        }),
    };
  }, [parameters, setParameters]);
}

function distinct(filters: readonly Filter[]): Filter[] {
  return filters.filter((filter, index) => filters.findIndex((one) => isSame(one, filter)) === index);
}

function positive(text: string | null, otherwise: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}
