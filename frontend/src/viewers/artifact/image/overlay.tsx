/** Two images on top of each other, with a slider that tells how much of each is seen. */
import { useState } from "react";

import type { Artifact } from "@/api/types";

import { Picture } from "./picture";
import { ZoomFrame } from "./zoom-frame";

export function Overlay({ expected, actual }: { expected: Artifact; actual: Artifact }) {
  const [percent, setPercent] = useState(50);
  return (
    <ZoomFrame
      label="Expected to the left of the slider, actual to the right"
      tools={
        <label className="image-slider">
          <span>Expected</span>
          <input
            type="range"
            aria-label="How much of the expected image is seen, in percent"
            min={0}
            max={100}
            value={percent}
            onChange={(event) => setPercent(Number(event.target.value))}
          />
          <span>Actual</span>
        </label>
      }
    >
      {(onSize) => (
        <div className="image-stack">
          <Picture artifact={actual} alt="Actual" onSize={onSize} />
          <Picture
            artifact={expected}
            alt="Expected"
            className="image-upper"
            style={{ clipPath: `inset(0 ${100 - percent}% 0 0)` }}
          />
          <span className="image-edge" style={{ insetInlineStart: `${percent}%` }} />
        </div>
      )}
    </ZoomFrame>
  );
}
