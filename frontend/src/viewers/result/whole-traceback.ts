/** The whole traceback of a result: clients send its end with the result, and all of it as an artifact. */
import { api } from "@/api/client";
import type { Result } from "@/api/types";

const FILE = "traceback.log";
const MOST_BYTES = 512 * 1024;

export function useWholeTraceback(result: Result): string | undefined {
  const artifacts = api.useQuery("get", "/artifact", {
    params: { query: { resultId: result.id, pageSize: 500 } },
  });
  const file = artifacts.data?.artifacts.find(
    ({ filename, size }) => filename === FILE && size <= MOST_BYTES,
  );
  const content = api.useQuery(
    "get",
    "/artifact/{id}/view",
    { params: { path: { id: file?.id ?? "" } }, parseAs: "text" },
    { enabled: file !== undefined, staleTime: Infinity },
  );
  return typeof content.data === "string" ? content.data : undefined;
}
