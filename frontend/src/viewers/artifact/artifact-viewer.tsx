/** One artifact, or the images of one comparison: what it is, what can be done with it, and itself. */
import { useQuery } from "@tanstack/react-query";
import type { ComponentType, ReactNode } from "react";

import type { Artifact } from "@/api/types";
import { Failed, Loading } from "@/components/states";

import { ArtifactActions } from "./artifact-actions";
import "./artifact.css";
import { type Comparison, type Entry, isEmpty } from "./entries";
import { FileFacts } from "./file-facts";
import type { Kind } from "./kind";

/** `comparison` and `isAlone` are there for the viewer of comparisons. */
type Viewer = ComponentType<{
  artifact: Artifact;
  comparison?: Comparison;
  isAlone: boolean;
  kind: Kind;
}>;

const media = async () => (await import("./media-viewer")).MediaViewer;
const facts = () => Promise.resolve(FileFacts);

/** Each is loaded when it is needed. */
const VIEWERS: Record<Kind | "comparison", () => Promise<Viewer>> = {
  text: async () => (await import("./log/log-viewer")).LogViewer,
  json: async () => (await import("./json/json-viewer")).JsonViewer,
  image: async () => (await import("./image/image-viewer")).ImageViewer,
  comparison: async () => (await import("./image/comparison-viewer")).ComparisonViewer,
  page: async () => (await import("./page-viewer")).PageViewer,
  pdf: async () => (await import("./pdf-viewer")).PdfViewer,
  video: media,
  audio: media,
  trace: async () => (await import("./trace-viewer")).TraceViewer,
  archive: facts,
  file: facts,
};

export function ArtifactViewer({
  entry,
  projectId,
  isFull = false,
  onDeleted,
}: {
  entry: Entry;
  projectId: string;
  /** Alone on a page: as high as there is room. */
  isFull?: boolean;
  onDeleted: () => void;
}) {
  return (
    <article className={isFull ? "artifact artifact-full" : "artifact"} aria-label={entry.name}>
      <ArtifactActions entry={entry} projectId={projectId} isFull={isFull} onDeleted={onDeleted} />
      <div className="artifact-body">
        {isEmpty(entry) ? <p>This file is empty.</p> : <Content key={entry.id} entry={entry} />}
      </div>
    </article>
  );
}

function Content({ entry }: { entry: Entry }): ReactNode {
  const { kind, comparison, artifacts } = entry;
  const name = comparison === undefined ? kind : "comparison";
  // Suspense would keep its fallback for a third of a second, however fast the viewer comes.
  const { data, error, refetch } = useQuery({
    queryKey: ["viewer", name],
    queryFn: async () => ({ Viewer: await VIEWERS[name]() }),
    staleTime: Infinity,
    structuralSharing: false,
  });
  if (error) return <Failed error={error} what="the viewer" onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="the viewer" />;
  const [artifact] = artifacts;
  const isAlone = artifacts.length === 1;
  return artifact && <data.Viewer {...{ artifact, comparison, isAlone, kind }} />;
}
