/** The metadata of a run as JSON to edit. */
import {
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextArea,
} from "@patternfly/react-core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { runsChanged } from "@/api/changes";
import { client } from "@/api/client";
import type { Run } from "@/api/types";
import { useToasts } from "@/components/toasts";

import { type Metadata, readMetadata, withOthersChanges } from "./metadata";

export function EditMetadata({ run, onClose }: { run: Run; onClose: () => void }) {
  const [opened] = useState(run.metadata);
  const [text, setText] = useState(() => JSON.stringify(opened, null, 2));
  const save = useSave(run.id, opened, onClose);
  const read = readMetadata(text);
  const problem = "problem" in read ? read.problem : undefined;
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="edit-title">
      <ModalHeader
        title="Edit metadata"
        labelId="edit-title"
        description="What is left out here is removed. What others change meanwhile stays."
      />
      <ModalBody>
        <Form
          id="edit-metadata"
          onSubmit={(event) => {
            event.preventDefault();
            if ("metadata" in read) save.mutate(read.metadata);
          }}
        >
          <FormGroup label="Metadata as JSON" fieldId="edit-text">
            <TextArea
              id="edit-text"
              className="mono"
              value={text}
              onChange={(_, value) => setText(value)}
              rows={18}
              spellCheck={false}
              resizeOrientation="vertical"
              validated={problem === undefined ? "default" : "error"}
              aria-describedby="edit-problem"
            />
            <FormHelperText>
              <HelperText id="edit-problem" aria-live="polite">
                {problem !== undefined && <HelperTextItem variant="error">{problem}</HelperTextItem>}
              </HelperText>
            </FormHelperText>
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="edit-metadata"
          isDisabled={problem !== undefined || save.isPending}
          isLoading={save.isPending}
        >
          Save
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function useSave(id: string, opened: Metadata, onClose: () => void) {
  const queryClient = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: (edited: Metadata) => save(id, opened, edited),
    onSuccess: () => {
      void runsChanged(queryClient);
      toasts.done("The metadata was saved");
      onClose();
    },
    onError: (error) => toasts.failed("Could not save the metadata", error),
  });
}

/** Replaces what is stored now, which is not always what was opened. */
async function save(id: string, opened: Metadata, edited: Metadata): Promise<void> {
  const path = { id };
  const stored = await client.GET("/run/{id}", { params: { path } });
  if (stored.error) throw stored.error as unknown;
  const metadata = withOthersChanges(opened, edited, stored.data.metadata);
  const done = await client.PUT("/run/{id}", {
    params: { path, query: { metadata: "replace" } },
    body: { metadata },
  });
  if (done.error) throw done.error as unknown;
}
