/** A file that a browser has no way to show, and what to do with it. */
import { Content } from "@patternfly/react-core";

import type { Artifact } from "@/api/types";
import { formatBytes } from "@/components/times";

import { type Kind, KIND_LABELS } from "./kind";

export function FileFacts({ artifact, kind }: { artifact: Artifact; kind: Kind }) {
  return (
    <Content component="p">
      {KIND_LABELS[kind]}, {formatBytes(artifact.size)}, {artifact.content_type}. It cannot be shown here;
      download it to look into it.
    </Content>
  );
}
