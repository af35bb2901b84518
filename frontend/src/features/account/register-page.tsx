/** Asking for an account. */
import { Alert, Button, Form } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, client } from "@/api/client";
import { fieldErrorsOf } from "@/api/problem";
import type { components } from "@/api/schema";
import { TextField } from "@/components/text-field";

import { MailPromise } from "./mail-promise";
import { isSettled, NewPassword, NOTHING_TYPED } from "./new-password";
import { Refusal, RefusalAlert } from "./refusal";
import type { Credentials } from "./sign-in";
import { SignedOutPage } from "./signed-out-page";

type Promised = components["schemas"]["MailPromise"];

export function RegisterPage() {
  const support = api.useQuery("get", "/login/support").data;
  const register = useMutation<Promised, Refusal | Error, Credentials>({ mutationFn: askForAccount });
  if (register.isSuccess)
    return (
      <SignedOutPage title="One more step">
        <MailPromise promise={register.data} email={register.variables.email} />
      </SignedOutPage>
    );
  if (support?.registration === false)
    return (
      <SignedOutPage title="Create an account" links={<Link to="/login">Back to signing in</Link>}>
        <Alert component="p" isInline variant="info" title="This server creates no accounts here">
          Ask an administrator for one.
        </Alert>
      </SignedOutPage>
    );
  return (
    <SignedOutPage title="Create an account" links={<Link to="/login">I have an account already</Link>}>
      {support?.mail === false && (
        <Alert component="p" isInline variant="info" title="This server sends no mails">
          The link that opens your account will be in the server’s log, where an administrator finds it.
        </Alert>
      )}
      <RegisterForm
        isBusy={register.isPending}
        error={register.error}
        onSubmit={(credentials) => register.mutate(credentials)}
      />
    </SignedOutPage>
  );
}

function RegisterForm({
  isBusy,
  error,
  onSubmit,
}: {
  isBusy: boolean;
  error: Refusal | Error | null;
  onSubmit: (credentials: Credentials) => void;
}) {
  const [email, setEmail] = useState("");
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const wrong = error instanceof Refusal ? fieldErrorsOf(error.problem) : {};
  const isTold = "email" in wrong || "password" in wrong;
  return (
    <Form
      noValidate={false}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy && isSettled(typed)) onSubmit({ email: email.trim(), password: typed.password });
      }}
    >
      {!isTold && <RefusalAlert title="The account was not created" error={error} />}
      <TextField
        label="E-mail address"
        type="email"
        autoComplete="username"
        autoFocus
        isRequired
        error={wrong.email}
        value={email}
        onChange={setEmail}
      />
      <NewPassword typed={typed} onChange={setTyped} error={wrong.password} label="Password" />
      <div>
        <Button type="submit" isBlock isLoading={isBusy} isAriaDisabled={isBusy || !isSettled(typed)}>
          Create account
        </Button>
      </div>
    </Form>
  );
}

async function askForAccount(body: Credentials): Promise<Promised> {
  const { data, error, response } = await client.POST("/login/register", { body });
  if (error !== undefined) throw new Refusal(error, response);
  return data;
}
