/** The projects that match what was typed: looked for here where all of them are loaded, else by the server. */
import { keepPreviousData } from "@tanstack/react-query";

import { api } from "@/api/client";

/** Nearly everybody has fewer projects than this, and gets all of them at once. */
const MOST = 200;

export function useProjects(text: string) {
  const all = api.useQuery("get", "/project", { params: { query: { pageSize: MOST } } });
  const total = all.data?.pagination.totalItems ?? 0;
  const isMore = total > MOST;
  const found = api.useQuery(
    "get",
    "/project",
    { params: { query: { pageSize: MOST, filter: [`name%${text}`] } } },
    { enabled: isMore && text !== "", placeholderData: keepPreviousData },
  );
  const isAsked = isMore && text !== "";
  const wanted = text.toLowerCase();
  const projects = isAsked
    ? found.data?.projects
    : all.data?.projects.filter(({ name, title }) =>
        `${name}\n${title ?? ""}`.toLowerCase().includes(wanted),
      );
  return { projects, total, isMore, failed: [all, found].find(({ isError }) => isError) };
}
