/** Two images in turn in the same place: what differs jumps. */
import { Button } from "@patternfly/react-core";
import { useEffect, useState } from "react";

import type { Artifact } from "@/api/types";

import { Picture } from "./picture";
import { ZoomFrame } from "./zoom-frame";

const EVERY_MS = 800;

export function Blink({ expected, actual }: { expected: Artifact; actual: Artifact }) {
  const [isActual, setActual] = useState(true);
  const [isRunning, setRunning] = useState(() => !matchMedia("(prefers-reduced-motion: reduce)").matches);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setActual((present) => !present), EVERY_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  const swap = () => {
    setRunning(false);
    setActual(!isActual);
  };
  return (
    <ZoomFrame
      label="Expected and actual in turn"
      tools={
        <>
          <Button size="sm" variant="control" onClick={() => setRunning(!isRunning)}>
            {isRunning ? "Pause" : "Blink"}
          </Button>
          <Button size="sm" variant="control" onClick={swap}>
            Swap
          </Button>
          <span className="image-facts">{isActual ? "Actual" : "Expected"}</span>
        </>
      }
    >
      {(onSize) => (
        <div className="image-stack">
          <Picture artifact={actual} alt="Actual" onSize={onSize} />
          <Picture
            artifact={expected}
            alt="Expected"
            className="image-upper"
            style={{ visibility: isActual ? "hidden" : "visible" }}
          />
        </div>
      )}
    </ZoomFrame>
  );
}
