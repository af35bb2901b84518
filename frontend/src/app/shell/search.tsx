export function SearchButton({ projectId }: { projectId: string }) {
  return <span hidden>{projectId}</span>;
}
