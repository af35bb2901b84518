/** A dialog that creates a project and goes to it. */
import { Alert, Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { api } from "@/api/client";
import { fieldErrorsOf, problemOf } from "@/api/problem";
import { TextField } from "@/components/text-field";
import { useToasts } from "@/components/toasts";

export function NewProject({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const add = api.useMutation("post", "/project", {
    onSuccess: async (project) => {
      toasts.done(`The project ${project.title ?? project.name} is created`);
      await navigate(`/project/${project.id}/start`);
      await queryClient.invalidateQueries({ queryKey: ["get", "/project"] });
    },
  });
  const wrong = fieldErrorsOf(add.error);
  const isReady = name.trim() !== "" && !add.isPending;
  return (
    <Modal
      isOpen
      variant="small"
      onClose={onClose}
      aria-labelledby="new-project"
      elementToFocus="input[name=project-name]"
    >
      <ModalHeader title="Create a project" labelId="new-project" />
      <ModalBody>
        <Form
          id="new-project-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) add.mutate({ body: { name: name.trim(), title: title.trim() || null } });
          }}
        >
          {add.isError && !("name" in wrong) && !("title" in wrong) && (
            <Alert role="alert" component="p" isInline variant="danger" title="The project was not created">
              {problemOf(add.error).detail}
            </Alert>
          )}
          <TextField
            label="Name"
            name="project-name"
            hint="What programs call it, such as my-project. No two projects have the same."
            isRequired
            autoCapitalize="none"
            spellCheck={false}
            maxLength={255}
            value={name}
            onChange={setName}
            error={wrong.name}
          />
          <TextField
            label="Title"
            hint="What people call it, if that is something else."
            maxLength={1024}
            value={title}
            onChange={setTitle}
            error={wrong.title}
          />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="new-project-form" isLoading={add.isPending} isAriaDisabled={!isReady}>
          Create
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
