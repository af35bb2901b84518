import { Page } from "@/components/page";

export function ArtifactPage() {
  return <Page title="Artifact">To be written</Page>;
}
