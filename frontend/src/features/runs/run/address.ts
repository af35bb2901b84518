/** Where one is on the pages of a run: `/project/:projectId/runs/:runId/:tab?/:resultId?`. */
import { useLocation, useParams } from "react-router";

export const TABS = ["failures", "results", "tree", "timeline", "artifacts", "metadata"] as const;
export type Tab = (typeof TABS)[number];

export type Address = {
  projectId: string;
  runId: string;
  /** Undefined where the address names none that there is. */
  tab: Tab | undefined;
  resultId: string | undefined;
  /** What the tab keeps in the address, such as filters. */
  search: string;
};

export function useAddress(): Address {
  const { projectId = "", runId = "", tab, resultId } = useParams();
  const { search } = useLocation();
  return { projectId, runId, tab: TABS.find((one) => one === tab), resultId, search };
}

export function runPath({ projectId, runId }: Pick<Address, "projectId" | "runId">, tab?: Tab): string {
  return `/project/${projectId}/runs/${runId}${tab ? `/${tab}` : ""}`;
}

/** The same list with this result beside it, or with none. */
export function beside(address: Address, resultId?: string): string {
  const path = runPath(address, address.tab ?? "results");
  return `${path}${resultId ? `/${resultId}` : ""}${address.search}`;
}

export function resultsPath(address: Pick<Address, "projectId" | "runId">, ...filters: string[]): string {
  const search = new URLSearchParams(filters.map((filter) => ["filter", filter])).toString();
  return `${runPath(address, "results")}${search && `?${search}`}`;
}
