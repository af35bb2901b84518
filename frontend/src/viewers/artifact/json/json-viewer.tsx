/** A JSON file as a tree that is folded and unfolded. */
import type { Artifact } from "@/api/types";
import { api } from "@/api/client";
import { Failed, Loading } from "@/components/states";

import { LogViewer } from "../log/log-viewer";
import { JsonTree } from "./json-tree";

export function JsonViewer({ artifact }: { artifact: Artifact }) {
  const { data, error, isPending, refetch } = api.useQuery(
    "get",
    "/artifact/{id}/view",
    { params: { path: { id: artifact.id } }, parseAs: "text" },
    { staleTime: Infinity },
  );
  if (isPending) return <Loading what="the file" />;
  if (error) return <Failed error={error} what="this file" onRetry={() => void refetch()} />;
  const parsed = parse(data);
  if (parsed === undefined)
    return (
      <>
        <p>This is not valid JSON; here it is as it was sent.</p>
        <LogViewer artifact={artifact} />
      </>
    );
  return <JsonTree label={artifact.filename} value={parsed.value} />;
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
