/** Makes a token that can do nothing but send results to one project, and shows it once. */
import { Alert, Button } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api } from "@/api/client";
import type { Project } from "@/api/types";
import { useUser } from "@/api/user";
import { Snippet } from "@/components/snippet";
import { useToasts } from "@/components/toasts";

export function FirstToken({
  project,
  token,
  onToken,
}: {
  project: Project;
  token: string | undefined;
  onToken: (token: string) => void;
}) {
  const user = useUser().data;
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const add = api.useMutation("post", "/user/token", {
    onSuccess: async ({ token: secret }) => {
      onToken(secret);
      await queryClient.invalidateQueries({ queryKey: ["get", "/user/token"] });
    },
    onError: (error) => toasts.failed("The token was not created", error),
  });
  if (token !== undefined)
    return (
      <>
        <p role="status">The token is in the commands below. It is shown this once: keep it.</p>
        <Snippet text={token} label="Copy the token" />
      </>
    );
  const isMember = project.owner_id === user?.id || project.users.some(({ id }) => id === user?.id);
  if (!isMember)
    return (
      <Alert component="p" isInline variant="info" title="You are no member of this project">
        You see it as an administrator. A token that is limited to it would open nothing; somebody who is a
        member has to create one.
      </Alert>
    );
  return (
    <>
      <p>
        Programs sign in with a token. This one can only send results to this project, for a year. You find it
        among <Link to="/profile/tokens">your API tokens</Link>.
      </p>
      <div>
        <Button
          isLoading={add.isPending}
          isDisabled={add.isPending}
          onClick={() =>
            add.mutate({
              body: { name: "first results", expires: null, project: project.id, role: "reporter" },
            })
          }
        >
          Create a token
        </Button>
      </div>
    </>
  );
}
