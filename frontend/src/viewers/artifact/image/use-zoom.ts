/** How big an image is shown: as big as there is room, or by a factor; by keys, by the wheel, and moved by dragging. */
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useState } from "react";

const STEP = 1.25;
const LEAST = 0.1;
const MOST = 16;

export type Zoom = {
  /** Undefined: as big as there is room. */
  factor: number | undefined;
  set: (factor: number | undefined) => void;
  by: (direction: 1 | -1) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onPointerDown: (event: PointerEvent<HTMLElement>) => void;
};

/** `frame` scrolls; `fitted` says which factor an image has that is as big as there is room. */
export function useZoom(frame: RefObject<HTMLElement | null>, fitted: () => number): Zoom {
  const [factor, set] = useState<number>();
  const by = (direction: 1 | -1) =>
    set((present) => Math.min(MOST, Math.max(LEAST, (present ?? fitted()) * STEP ** direction)));
  useEffect(() => {
    const element = frame.current;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      set((present) =>
        Math.min(MOST, Math.max(LEAST, (present ?? fitted()) * STEP ** (event.deltaY < 0 ? 1 : -1))),
      );
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [frame, fitted]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions: Record<string, () => void> = {
      "+": () => by(1),
      "=": () => by(1),
      "-": () => by(-1),
      "0": () => set(undefined),
      "1": () => set(1),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  return { factor, set, by, onKeyDown, onPointerDown: drag };
}

function drag(event: PointerEvent<HTMLElement>): void {
  if (event.pointerType !== "mouse" || event.button !== 0) return;
  const { currentTarget: frame, clientX, clientY, pointerId } = event;
  const { scrollLeft, scrollTop } = frame;
  event.preventDefault();
  frame.focus({ preventScroll: true });
  frame.setPointerCapture(pointerId);
  const onMove = (moved: globalThis.PointerEvent) =>
    frame.scrollTo(scrollLeft - (moved.clientX - clientX), scrollTop - (moved.clientY - clientY));
  const onUp = () => {
    frame.removeEventListener("pointermove", onMove);
    frame.removeEventListener("pointerup", onUp);
    frame.removeEventListener("pointercancel", onUp);
  };
  frame.addEventListener("pointermove", onMove);
  frame.addEventListener("pointerup", onUp);
  frame.addEventListener("pointercancel", onUp);
}
