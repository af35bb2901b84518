/** A virtualizer for any number of lines: the rows to draw, where they go, and how to get to a line. */
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

import { barHeight, isTooMany, LineScroll, ROW_PX, WINDOW_LINES } from "./line-scroll";

const REST_MS = 150;
const OVERSCAN = 20;

type Lines = Virtualizer<HTMLDivElement, HTMLDivElement>;
export type LineList = {
  rows: { line: number; index: number; top: number }[];
  /** Of the element in which all rows are. */
  height: number;
  /** For rows that may be higher than one line. */
  measure: (row: HTMLDivElement | null) => void;
  /** The first line that is seen. */
  first: () => number;
  show: (line: number) => void;
};

/** `isWrapped`: rows are as high as they turn out to be. */
export function useLineScroll(
  view: RefObject<HTMLDivElement | null>,
  lines: number,
  isWrapped: boolean,
): LineList {
  const [sizes] = useState(() => new Map<number, number>());
  const [scroll] = useState(() => new LineScroll((line) => sizes.get(line) ?? ROW_PX));
  const [{ base, shift }, setFrame] = useState(scroll.frame);
  const tell = useRef<() => void>(() => undefined);
  const isScaled = isTooMany(lines);

  const observe = useCallback(
    ({ scrollElement: element }: Lines, told: (offset: number, isScrolling: boolean) => void) => {
      if (element === null) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const emit = (isScrolling: boolean) => {
        setFrame(scroll.frame);
        told(scroll.offset, isScrolling);
      };
      const put = () => {
        element.scrollTop = scroll.top;
      };
      const onRest = () => {
        const before = scroll.offset;
        if (scroll.rest()) put();
        emit(false);
        if (scroll.offset !== before) timer = setTimeout(onRest, REST_MS);
      };
      const onScroll = () => {
        scroll.view = element.clientHeight;
        if (scroll.moved(element.scrollTop)) put();
        emit(true);
        clearTimeout(timer);
        timer = setTimeout(onRest, REST_MS);
      };
      tell.current = () => {
        put();
        emit(false);
      };
      element.addEventListener("scroll", onScroll, { passive: true });
      return () => {
        element.removeEventListener("scroll", onScroll);
        clearTimeout(timer);
      };
    },
    [scroll],
  );
  const scrollTo = useCallback(
    (offset: number, { adjustments = 0 }: { adjustments?: number }, { scrollElement }: Lines) => {
      if (!scroll.isScaled) scrollElement?.scrollTo({ top: offset + adjustments });
      else {
        scroll.setOffset(offset + adjustments);
        tell.current();
      }
    },
    [scroll],
  );
  const measureElement = useCallback(
    (row: HTMLDivElement) => {
      const size = Math.round(row.getBoundingClientRect().height) || ROW_PX;
      sizes.set(Number(row.dataset.line), size);
      return size;
    },
    [sizes],
  );
  useLayoutEffect(() => {
    scroll.setLines(lines);
    setFrame(scroll.frame);
  }, [scroll, lines]);

  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by a compiler
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: isScaled ? WINDOW_LINES : lines,
    getScrollElement: () => view.current,
    estimateSize: () => ROW_PX,
    getItemKey: useCallback((index: number) => base + index, [base]),
    overscan: OVERSCAN,
    observeElementOffset: observe,
    scrollToFn: scrollTo,
    measureElement,
  });

  const wasWrapped = useRef(isWrapped);
  useLayoutEffect(() => {
    if (wasWrapped.current === isWrapped) return;
    wasWrapped.current = isWrapped;
    const first = scroll.lineAt(scroll.offset);
    sizes.clear();
    virtualizer.measure();
    if (!scroll.isScaled) virtualizer.scrollToIndex(Math.floor(first), { align: "start" });
    else {
      scroll.showFirst(first);
      tell.current();
    }
  }, [scroll, sizes, virtualizer, isWrapped]);

  return {
    rows: virtualizer
      .getVirtualItems()
      .map(({ index, start }) => ({ line: base + index, index, top: start + (isScaled ? shift : 0) })),
    height: isScaled ? barHeight(lines) : virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
    first: () => Math.floor(scroll.lineAt(scroll.offset)),
    show: (line) => {
      scroll.view = view.current?.clientHeight ?? 0;
      if (!isScaled) virtualizer.scrollToIndex(Math.min(line, lines - 1), { align: "center" });
      else {
        scroll.show(line);
        tell.current();
      }
    },
  };
}
