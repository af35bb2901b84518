/** Attaches files of this computer to a run or to a result. */
import { Button } from "@patternfly/react-core";
import UploadIcon from "@patternfly/react-icons/dist/esm/icons/upload-icon";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { client } from "@/api/client";
import { useToasts } from "@/components/toasts";

export type Parent = { resultId?: string; runId?: string };

export function UploadArtifact({ parent }: { parent: Parent }) {
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const { done, failed } = useToasts();
  const queryClient = useQueryClient();
  const upload = async (files: readonly File[]) => {
    setBusy(true);
    for (const file of files) {
      const { error } = await client.POST("/artifact", {
        body: { ...parent, filename: file.name },
        bodySerializer: () => formOf(parent, file),
      });
      if (error === undefined) done(`${file.name} uploaded`);
      else failed(`Could not upload ${file.name}`, error);
    }
    setBusy(false);
    await queryClient.invalidateQueries({ queryKey: ["get", "/artifact"] });
  };
  return (
    <>
      <Button
        variant="link"
        icon={<UploadIcon />}
        isLoading={isBusy}
        isDisabled={isBusy}
        onClick={() => input.current?.click()}
      >
        Upload
      </Button>
      <input
        ref={input}
        hidden
        type="file"
        multiple
        aria-label="Files to upload"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          void upload(files);
        }}
      />
    </>
  );
}

function formOf({ resultId, runId }: Parent, file: File): FormData {
  const form = new FormData();
  form.set("filename", file.name);
  if (resultId !== undefined) form.set("resultId", resultId);
  if (runId !== undefined) form.set("runId", runId);
  form.set("file", file);
  return form;
}
