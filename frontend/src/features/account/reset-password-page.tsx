/** Choosing a new password with the code of a mailed link, which stands behind the `#` of the address. */
import { Alert, Button, Form } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "react-router";

import { client } from "@/api/client";
import { fieldErrorsOf } from "@/api/problem";

import { isSettled, NewPassword, NOTHING_TYPED } from "./new-password";
import { Refusal, RefusalAlert } from "./refusal";
import { SignedOutPage } from "./signed-out-page";

const TITLE = "Choose a new password";

export function ResetPasswordPage() {
  const code = new URLSearchParams(useLocation().hash.slice(1)).get("code") ?? "";
  const reset = useMutation<unknown, Refusal | Error, string>({
    mutationFn: (password) => resetPassword(code, password),
  });
  const wrong = reset.error instanceof Refusal ? fieldErrorsOf(reset.error.problem) : {};
  if (reset.isSuccess)
    return (
      <SignedOutPage title="Your password is new">
        <Alert role="status" component="p" isInline variant="success" title="The new password is set">
          All sign-ins and API tokens of your account have ended.
        </Alert>
        <Link to="/login">Sign in</Link>
      </SignedOutPage>
    );
  if (code === "" || "activation_code" in wrong)
    return (
      <SignedOutPage title={TITLE} links={<Link to="/login">Back to signing in</Link>}>
        <Alert role="alert" component="p" isInline variant="warning" title="This link is not good any more">
          It is incomplete, was used already, or is older than an hour.
        </Alert>
        <Link to="/forgot-password">Ask for a new link</Link>
      </SignedOutPage>
    );
  return (
    <SignedOutPage
      title={TITLE}
      intro="All sign-ins and API tokens of your account end then."
      links={<Link to="/login">Back to signing in</Link>}
    >
      <ResetForm
        isBusy={reset.isPending}
        error={reset.error}
        refused={wrong.password}
        onSubmit={(password) => reset.mutate(password)}
      />
    </SignedOutPage>
  );
}

function ResetForm({
  isBusy,
  error,
  refused,
  onSubmit,
}: {
  isBusy: boolean;
  error: Refusal | Error | null;
  /** What is wrong with the password itself. */
  refused: string | undefined;
  onSubmit: (password: string) => void;
}) {
  const [typed, setTyped] = useState(NOTHING_TYPED);
  return (
    <Form
      noValidate={false}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy && isSettled(typed)) onSubmit(typed.password);
      }}
    >
      {refused === undefined && <RefusalAlert title="The password was not set" error={error} />}
      <NewPassword typed={typed} onChange={setTyped} error={refused} />
      <div>
        <Button type="submit" isBlock isLoading={isBusy} isAriaDisabled={isBusy || !isSettled(typed)}>
          Set password
        </Button>
      </div>
    </Form>
  );
}

async function resetPassword(code: string, password: string): Promise<void> {
  const { error, response } = await client.POST("/login/reset-password", {
    body: { activation_code: code, password },
  });
  if (error !== undefined) throw new Refusal(error, response);
}
