/** An image of an artifact, or why there is none. */
import { type CSSProperties, useState } from "react";

import type { Artifact } from "@/api/types";

import { artifactUrl } from "../artifact-url";

export function Picture({
  artifact,
  alt,
  className,
  style,
  onSize,
}: {
  artifact: Artifact;
  alt: string;
  className?: string;
  style?: CSSProperties;
  onSize?: (size: { width: number; height: number }) => void;
}) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken)
    return <p role="alert">{artifact.filename} cannot be shown as an image. Download it to look at it.</p>;
  return (
    <img
      src={artifactUrl(artifact.id, "view")}
      alt={alt}
      className={className}
      style={style}
      draggable={false}
      onError={() => setBroken(true)}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
        onSize?.({ width: naturalWidth || 300, height: naturalHeight || 150 })
      }
    />
  );
}
