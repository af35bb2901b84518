/** A dialog that makes an API token. */
import {
  Alert,
  Button,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
} from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import { fieldErrorsOf, problemOf } from "@/api/problem";
import type { Token } from "@/api/types";
import type { Role } from "@/api/user";
import { TextField } from "@/components/text-field";

import { endOf, type Lifetime, LIFETIMES, today } from "./lifetimes";

type Choice = { value: string; label: string };

const ROLE_CHOICES: (Choice & { value: Role })[] = [
  { value: "owner", label: "Everything that I may" },
  { value: "maintainer", label: "At most as maintainer: also edit and delete" },
  { value: "reporter", label: "At most as reporter: also send results" },
  { value: "viewer", label: "At most as viewer: only look" },
];

export function NewToken({ onDone, onClose }: { onDone: (token: Token) => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState<Lifetime>("365");
  const [day, setDay] = useState("");
  const [project, setProject] = useState("");
  const [role, setRole] = useState<Role>("owner");
  const queryClient = useQueryClient();
  const projects = api.useQuery("get", "/project", { params: { query: { pageSize: 500 } } });
  const add = api.useMutation("post", "/user/token", {
    onSuccess: async (token) => {
      onDone(token);
      await queryClient.invalidateQueries({ queryKey: ["get", "/user/token"] });
    },
  });
  const wrong = fieldErrorsOf(add.error);
  const isReady = name.trim() !== "" && (lifetime !== "date" || day >= today());
  const submit = () =>
    add.mutate({
      body: {
        name: name.trim(),
        expires: endOf(lifetime, day),
        project: project || null,
        role: role === "owner" ? null : role,
      },
    });
  return (
    <Modal
      isOpen
      variant="small"
      onClose={onClose}
      aria-labelledby="new-token"
      elementToFocus="input[name=token-name]"
    >
      <ModalHeader title="Create an API token" labelId="new-token" />
      <ModalBody>
        <Form
          id="new-token-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady && !add.isPending) submit();
          }}
        >
          {add.isError && (
            <Alert role="alert" component="p" isInline variant="danger" title="The token was not created">
              {problemOf(add.error).detail}
            </Alert>
          )}
          <TextField
            label="Name"
            name="token-name"
            hint="What it is for, such as the name of a job."
            isRequired
            maxLength={255}
            value={name}
            onChange={setName}
            error={wrong.name}
          />
          <Choose
            label="Good for"
            choices={LIFETIMES}
            value={lifetime}
            onChange={(value) => setLifetime(value as Lifetime)}
          />
          {lifetime === "date" && (
            <TextField
              label="Last day"
              type="date"
              isRequired
              min={today()}
              value={day}
              onChange={setDay}
              error={wrong.expires}
            />
          )}
          <Choose
            label="Project"
            choices={[
              { value: "", label: "All of my projects" },
              ...(projects.data?.projects ?? []).map(({ id, name, title }) => ({
                value: id,
                label: title ?? name,
              })),
            ]}
            value={project}
            onChange={setProject}
          />
          <Choose
            label="It may do"
            choices={ROLE_CHOICES}
            value={role}
            onChange={(value) => setRole(value as Role)}
          />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="new-token-form"
          isLoading={add.isPending}
          isAriaDisabled={!isReady || add.isPending}
        >
          Create
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function Choose({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (value: string) => void;
}) {
  const id = `new-token-${label.toLowerCase().replaceAll(" ", "-")}`;
  return (
    <FormGroup label={label} fieldId={id}>
      <FormSelect id={id} value={value} onChange={(_, chosen) => onChange(chosen)}>
        {choices.map((choice) => (
          <FormSelectOption key={choice.value} {...choice} />
        ))}
      </FormSelect>
    </FormGroup>
  );
}
