/** The projects that one sees, and what one is in each. */
import { Label, Pagination } from "@patternfly/react-core";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api } from "@/api/client";
import type { Project, User } from "@/api/types";
import { Failed, Loading } from "@/components/states";

const PAGE_SIZE = 10;

export function OwnProjects({ user }: { user: User }) {
  const [page, setPage] = useState(1);
  const projects = api.useQuery(
    "get",
    "/project",
    { params: { query: { page, pageSize: PAGE_SIZE } } },
    { placeholderData: keepPreviousData },
  );
  if (projects.isPending) return <Loading what="your projects" lines={3} />;
  if (projects.isError)
    return <Failed error={projects.error} what="your projects" onRetry={() => void projects.refetch()} />;
  const { totalItems } = projects.data.pagination;
  if (totalItems === 0)
    return (
      <p>
        You are in no project yet. <Link to="/project">Create one</Link>, or ask an owner to make you a
        member.
      </p>
    );
  return (
    <>
      <ul className="profile-list">
        {projects.data.projects.map((project) => (
          <li key={project.id}>
            <Link className="breakable" to={`/project/${project.id}/runs`}>
              {project.title ?? project.name}
            </Link>
            <OwnRole project={project} user={user} />
          </li>
        ))}
      </ul>
      {totalItems > PAGE_SIZE && (
        <Pagination
          isCompact
          itemCount={totalItems}
          perPage={PAGE_SIZE}
          perPageOptions={[]}
          page={page}
          onSetPage={(_, next) => setPage(next)}
          titles={{ paginationAriaLabel: "Pages of projects" }}
        />
      )}
    </>
  );
}

/** Only the members of a project have roles; who owns it needs no second look. */
function OwnRole({ project, user }: { project: Project; user: User }) {
  const isOwner = project.owner_id === user.id;
  const isMember = project.users.some(({ id }) => id === user.id);
  const members = api.useQuery(
    "get",
    "/project/{id}/members",
    { params: { path: { id: project.id }, query: { pageSize: 500 } } },
    { staleTime: 5 * 60_000, enabled: isMember && !isOwner },
  ).data?.members;
  if (isOwner) return <Label color="blue">owner</Label>;
  if (!isMember) return <Label color="purple">as administrator</Label>;
  const role = members?.find((member) => member.user.id === user.id)?.role;
  return role === undefined ? null : <Label>{role}</Label>;
}
