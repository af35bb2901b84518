/** The files that came with a result. */
import { ArtifactList } from "@/viewers/artifact/artifact-list";

import { Section } from "./section";

export function ArtifactsSection({ resultId, projectId }: { resultId: string; projectId: string }) {
  return (
    <Section title="Artifacts" name="artifacts">
      <ArtifactList resultId={resultId} projectId={projectId} />
    </Section>
  );
}
