/** What others see in place of the e-mail address. */
import { Button, Form } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import { fieldErrorsOf } from "@/api/problem";
import type { User } from "@/api/types";
import { TextField } from "@/components/text-field";
import { useToasts } from "@/components/toasts";

export function NameForm({ user }: { user: User }) {
  const [name, setName] = useState(user.name ?? "");
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const change = api.useMutation("put", "/user", {
    onSuccess: async () => {
      toasts.done("Your name is changed");
      await queryClient.invalidateQueries({ queryKey: ["get", "/user"] });
    },
    onError: (error) => toasts.failed("Your name was not changed", error),
  });
  const isSame = name.trim() === (user.name ?? "");
  return (
    <Form
      className="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSame && !change.isPending) change.mutate({ body: { name: name.trim() || null } });
      }}
    >
      <TextField
        label="Name"
        autoComplete="name"
        maxLength={255}
        value={name}
        onChange={setName}
        error={fieldErrorsOf(change.error).name}
      />
      <div>
        <Button
          type="submit"
          variant="secondary"
          isLoading={change.isPending}
          isAriaDisabled={isSame || change.isPending}
        >
          Save name
        </Button>
      </div>
    </Form>
  );
}
