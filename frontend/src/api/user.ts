/** Who is looking, and what they may do. */
import { api } from "./client";

export const ROLES = ["viewer", "reporter", "maintainer", "owner"] as const;
export type Role = (typeof ROLES)[number];

export function useUser() {
  return api.useQuery("get", "/user", {}, { staleTime: 5 * 60_000 });
}

/** Whether the user has at least this role in a project; false as long as it is not known. */
export function useMay(role: Role, projectId: string): boolean {
  const user = useUser().data;
  const members = api.useQuery(
    "get",
    "/project/{id}/members",
    { params: { path: { id: projectId }, query: { pageSize: 500 } } },
    { staleTime: 5 * 60_000, enabled: user !== undefined && !user.is_superadmin },
  ).data;
  if (user?.is_superadmin) return true;
  const own = members?.members.find((member) => member.user.id === user?.id)?.role;
  return own !== undefined && ROLES.indexOf(own) >= ROLES.indexOf(role);
}
