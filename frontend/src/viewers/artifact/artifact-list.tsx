/** The artifacts of a result or of a run: a list, and the one that is chosen, shown. */

export function ArtifactList(props: { resultId?: string; runId?: string; projectId: string }) {
  return <span hidden>{props.projectId}</span>;
}
