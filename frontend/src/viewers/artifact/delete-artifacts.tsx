/** Takes artifacts away for good, after a question. */
import { Button } from "@patternfly/react-core";
import TrashIcon from "@patternfly/react-icons/dist/esm/icons/trash-icon";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { client } from "@/api/client";
import type { Artifact } from "@/api/types";
import { Confirm } from "@/components/confirm";
import { useToasts } from "@/components/toasts";

export function DeleteArtifacts({
  name,
  artifacts,
  onDeleted,
}: {
  name: string;
  artifacts: readonly Artifact[];
  onDeleted: () => void;
}) {
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const { done, failed } = useToasts();
  const queryClient = useQueryClient();
  const remove = async () => {
    setBusy(true);
    const answers = await Promise.all(
      artifacts.map(({ id }) => client.DELETE("/artifact/{id}", { params: { path: { id } } })),
    );
    setBusy(false);
    setAsking(false);
    const refused = answers.find(({ error }) => error !== undefined);
    if (refused === undefined) {
      done(`${name} deleted`);
      onDeleted();
    } else failed(`Could not delete ${name}`, refused.error);
    await queryClient.invalidateQueries({ queryKey: ["get", "/artifact"] });
  };
  return (
    <>
      <Button variant="link" isDanger icon={<TrashIcon />} onClick={() => setAsking(true)}>
        Delete
      </Button>
      {isAsking && (
        <Confirm
          title={`Delete ${name}?`}
          action="Delete"
          isBusy={isBusy}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        >
          {artifacts.length === 1 ? "The file is" : `All ${artifacts.length} files are`} gone for good, for
          everybody.
        </Confirm>
      )}
    </>
  );
}
