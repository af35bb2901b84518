/** Video and sound, played by the browser. */
import { useState } from "react";

import type { Artifact } from "@/api/types";

import { artifactUrl } from "./artifact-url";
import type { Kind } from "./kind";

export function MediaViewer({ artifact, kind }: { artifact: Artifact; kind: Kind }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken)
    return (
      <p role="alert">This browser cannot play {artifact.filename}. Download it to play it elsewhere.</p>
    );
  const source = {
    src: artifactUrl(artifact.id, "view"),
    controls: true,
    preload: "metadata",
    "aria-label": artifact.filename,
    onError: () => setBroken(true),
  } as const;
  // What a test has recorded has no captions.
  /* eslint-disable jsx-a11y/media-has-caption */
  return kind === "video" ? (
    <video className="artifact-video" {...source} />
  ) : (
    <audio className="artifact-audio" {...source} />
  );
}
