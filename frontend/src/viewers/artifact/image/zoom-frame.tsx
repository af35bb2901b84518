/** A frame in which an image, or several on top of each other, are zoomed and moved. */
import { Button } from "@patternfly/react-core";
import MinusIcon from "@patternfly/react-icons/dist/esm/icons/minus-icon";
import PlusIcon from "@patternfly/react-icons/dist/esm/icons/plus-icon";
import { type CSSProperties, type ReactNode, useCallback, useRef, useState } from "react";

import { useZoom } from "./use-zoom";

type Size = { width: number; height: number };

export function ZoomFrame({
  label,
  tools,
  children,
}: {
  /** What is seen in it. */
  label: string;
  tools?: ReactNode;
  /** The image; calls back when it is known how big it is. */
  children: (onSize: (size: Size) => void) => ReactNode;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>();
  const fitted = useCallback(() => {
    const room = frame.current;
    if (room === null || size === undefined) return 1;
    return Math.min(1, room.clientWidth / size.width, room.clientHeight / size.height);
  }, [size]);
  const zoom = useZoom(frame, fitted);
  const { factor } = zoom;
  const style: CSSProperties | undefined =
    size && factor !== undefined
      ? { width: size.width * factor, height: size.height * factor, maxWidth: "none", maxHeight: "none" }
      : size && { aspectRatio: `${size.width} / ${size.height}`, width: size.width };
  return (
    <div className="image-viewer">
      <div className="image-tools" role="toolbar" aria-label="Image">
        {tools}
        <Button
          size="sm"
          variant="control"
          aria-pressed={factor === undefined}
          onClick={() => zoom.set(undefined)}
        >
          Fit
        </Button>
        <Button size="sm" variant="control" aria-pressed={factor === 1} onClick={() => zoom.set(1)}>
          100 %
        </Button>
        <Button
          size="sm"
          variant="control"
          aria-label="Smaller"
          icon={<MinusIcon />}
          onClick={() => zoom.by(-1)}
        />
        <Button
          size="sm"
          variant="control"
          aria-label="Bigger"
          icon={<PlusIcon />}
          onClick={() => zoom.by(1)}
        />
        {size !== undefined && (
          <span className="image-facts" role="status">
            {size.width} × {size.height}
            {factor !== undefined && `, ${Math.round(factor * 100)} %`}
          </span>
        )}
      </div>
      {/* A keyboard scrolls and zooms only what has the focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={frame}
        className="image-frame"
        role="region"
        aria-label={label}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={zoom.onKeyDown}
        onPointerDown={zoom.onPointerDown}
      >
        <div className={factor === undefined ? "image-sheet image-fit" : "image-sheet"} style={style}>
          {children(setSize)}
        </div>
      </div>
    </div>
  );
}
