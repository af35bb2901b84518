/** What the list of API tokens says about each. */
import { Button, Label } from "@patternfly/react-core";
import TrashIcon from "@patternfly/react-icons/dist/esm/icons/trash-icon";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api } from "@/api/client";
import type { Token } from "@/api/types";
import { Confirm } from "@/components/confirm";
import type { Column } from "@/components/data-table";
import { Ago } from "@/components/times";
import { useToasts } from "@/components/toasts";

import { isEndless, isOver } from "./lifetimes";

export const TOKEN_COLUMNS: readonly Column<Token>[] = [
  { id: "name", header: "Name", cell: (token) => <strong className="breakable">{token.name}</strong> },
  { id: "token", header: "Ends with", cell: (token) => <span className="mono">…{token.token}</span> },
  { id: "limits", header: "Opens", cell: (token) => <Limits token={token} /> },
  { id: "expires", header: "Good until", cell: (token) => <Expiry expires={token.expires} /> },
  { id: "created", header: "Created", cell: (token) => <Ago time={token.created} /> },
  { id: "actions", header: "Actions", cell: (token) => <DeleteToken token={token} />, width: "8rem" },
];

function Limits({ token: { project_id, role } }: { token: Token }) {
  return (
    <>
      {project_id === null ? "All of your projects" : <ProjectLink id={project_id} />}
      {role !== null && role !== "owner" && <>, at most as {role}</>}
    </>
  );
}

function ProjectLink({ id }: { id: string }) {
  const project = api.useQuery(
    "get",
    "/project/{id}",
    { params: { path: { id } } },
    { staleTime: 5 * 60_000 },
  );
  if (project.isError) return <>a project that is not yours any more</>;
  return <Link to={`/project/${id}/runs`}>{project.data?.title ?? project.data?.name ?? "one project"}</Link>;
}

function Expiry({ expires }: { expires: string }) {
  if (isEndless(expires)) return <>It is deleted</>;
  if (isOver(expires)) return <Label color="red">expired</Label>;
  return <Ago time={expires} />;
}

function DeleteToken({ token }: { token: Token }) {
  const [isAsked, setAsked] = useState(false);
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const remove = api.useMutation("delete", "/user/token/{id}", {
    onSuccess: () => toasts.done(`The token ${token.name} is deleted`),
    onError: (error) => toasts.failed("The token was not deleted", error),
    onSettled: () => {
      setAsked(false);
      return queryClient.invalidateQueries({ queryKey: ["get", "/user/token"] });
    },
  });
  return (
    <>
      <Button
        variant="plain"
        size="sm"
        icon={<TrashIcon />}
        aria-label={`Delete ${token.name}`}
        onClick={() => setAsked(true)}
      />
      {isAsked && (
        <Confirm
          title={`Delete the token ${token.name}?`}
          action="Delete"
          isBusy={remove.isPending}
          onConfirm={() => remove.mutate({ params: { path: { id: token.id } } })}
          onClose={() => setAsked(false)}
        >
          Whoever uses it is refused from then on. This cannot be undone.
        </Confirm>
      )}
    </>
  );
}
