/** A new password.  It ends all sign-ins, this one as well: so it is used at once to sign in again. */
import { Alert, Button, Form } from "@patternfly/react-core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { client } from "@/api/client";
import { fieldErrorsOf } from "@/api/problem";
import { useToasts } from "@/components/toasts";

import { isSettled, NewPassword, NOTHING_TYPED } from "./new-password";
import { PasswordField } from "./password-field";
import { Refusal, RefusalAlert } from "./refusal";
import { signIn } from "./sign-in";

export function PasswordForm({ email }: { email: string }) {
  const [current, setCurrent] = useState("");
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const change = useMutation<unknown, Refusal | Error>({
    mutationFn: async () => {
      await changePassword(current, typed.password);
      await signIn({ email, password: typed.password });
    },
    onSuccess: async () => {
      setCurrent("");
      setTyped(NOTHING_TYPED);
      toasts.done("Your password is changed", "All other sign-ins and all of your API tokens have ended.");
      await queryClient.invalidateQueries();
    },
  });
  const wrong = change.error instanceof Refusal ? fieldErrorsOf(change.error.problem) : {};
  const isTold = "current_password" in wrong || "password" in wrong;
  const isReady = current !== "" && isSettled(typed);
  return (
    <Form
      className="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !change.isPending) change.mutate();
      }}
    >
      <Alert component="p" isInline isPlain variant="info" title="All other sign-ins and your API tokens end">
        Jobs that report with one of your tokens need a new one then.
      </Alert>
      {!isTold && <RefusalAlert title="Your password was not changed" error={change.error} />}
      <input type="hidden" autoComplete="username" value={email} />
      <PasswordField
        label="Current password"
        autoComplete="current-password"
        isRequired
        error={"current_password" in wrong ? "This is not your password" : undefined}
        hint={
          <>
            None yet, or forgotten? <Link to="/forgot-password">Get a link to choose one.</Link>
          </>
        }
        value={current}
        onChange={setCurrent}
      />
      <NewPassword typed={typed} onChange={setTyped} error={wrong.password} />
      <div>
        <Button
          type="submit"
          variant="secondary"
          isLoading={change.isPending}
          isAriaDisabled={!isReady || change.isPending}
        >
          Change password
        </Button>
      </div>
    </Form>
  );
}

async function changePassword(current: string, password: string): Promise<void> {
  const { error, response } = await client.PUT("/user", { body: { current_password: current, password } });
  if (error !== undefined) throw new Refusal(error, response);
}
