/** A single image. */
import type { Artifact } from "@/api/types";

import "./image.css";
import { Picture } from "./picture";
import { ZoomFrame } from "./zoom-frame";

export function ImageViewer({ artifact }: { artifact: Artifact }) {
  return (
    <ZoomFrame label={artifact.filename}>
      {(onSize) => <Picture artifact={artifact} alt={artifact.filename} onSize={onSize} />}
    </ZoomFrame>
  );
}
