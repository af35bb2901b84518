/** Where people start: the project that they looked at last, the only one they have, or the list. */
import { Navigate } from "react-router";

import { api } from "@/api/client";
import { Failed, Loading } from "@/components/states";

import { lastProject } from "./last-project";

export function Home() {
  const projects = api.useQuery("get", "/project", { params: { query: { pageSize: 2 } } });
  const last = lastProject();
  if (last !== undefined) return <Navigate to={`/project/${last}/runs`} replace />;
  if (projects.isPending) return <Loading what="your projects" />;
  if (projects.isError)
    return <Failed error={projects.error} what="your projects" onRetry={() => void projects.refetch()} />;
  const [only, ...others] = projects.data.projects;
  return <Navigate to={only && others.length === 0 ? `/project/${only.id}/runs` : "/project"} replace />;
}
