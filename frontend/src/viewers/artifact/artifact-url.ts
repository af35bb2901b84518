/** Where the bytes of an artifact are, and the page about it. */

/** `view` to show them in the page, `download` to save them. */
export function artifactUrl(id: string, how: "view" | "download"): string {
  return `/api/artifact/${id}/${how}`;
}

export function artifactPage(projectId: string, id: string): string {
  return `/project/${projectId}/artifacts/${id}`;
}
