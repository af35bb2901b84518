/** A dialog that gives the filter of a list a name. */
import {
  Button,
  Checkbox,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from "@patternfly/react-core";
import { type SyntheticEvent, useState } from "react";

import { api } from "@/api/client";
import { problemOf } from "@/api/problem";
import { useMay } from "@/api/user";
import { useToasts } from "@/components/toasts";

import type { Entity } from "./fields";
import { savedForm, useForgetSaved } from "./saved";
import type { ListState } from "./use-list";
import { describeFilter } from "./words";

export function SaveFilter({
  entity,
  projectId,
  list,
  onClose,
}: {
  entity: Entity;
  projectId: string;
  list: ListState;
  onClose: () => void;
}) {
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const mayShare = useMay("maintainer", projectId);
  const toasts = useToasts();
  const forget = useForgetSaved();
  const saving = api.useMutation("post", "/saved-filter", {
    onSuccess: async () => {
      await forget();
      toasts.done(`Saved as ${name.trim()}`);
      onClose();
    },
  });
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    saving.mutate({
      body: { project_id: projectId, entity, name: name.trim(), is_shared: isShared, ...savedForm(list) },
    });
  };
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="save-filter-title">
      <ModalHeader
        title="Save this filter"
        labelId="save-filter-title"
        description={list.filters.map((filter) => describeFilter(filter, entity)).join(", ")}
      />
      <ModalBody>
        <Form id="save-filter" onSubmit={save}>
          <FormGroup label="Name" fieldId="save-filter-name" isRequired>
            <TextInput
              id="save-filter-name"
              value={name}
              onChange={(_, value) => setName(value)}
              maxLength={255}
              isRequired
              autoFocus
              validated={saving.isError ? "error" : "default"}
              aria-describedby="save-filter-help"
            />
            <FormHelperText>
              <HelperText id="save-filter-help" isLiveRegion>
                {saving.isError && (
                  <HelperTextItem variant="error">{problemOf(saving.error).detail}</HelperTextItem>
                )}
              </HelperText>
            </FormHelperText>
          </FormGroup>
          {mayShare && (
            <Checkbox
              id="save-filter-shared"
              label="Shared with all members of the project"
              isChecked={isShared}
              onChange={(_, checked) => setShared(checked)}
            />
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="save-filter"
          isDisabled={name.trim() === "" || saving.isPending}
          isLoading={saving.isPending}
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
