/** Asking for a link to a new password. */
import { Alert, Button, Form } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, client } from "@/api/client";
import type { components } from "@/api/schema";
import { TextField } from "@/components/text-field";

import { MailPromise } from "./mail-promise";
import { Refusal, RefusalAlert } from "./refusal";
import { SignedOutPage } from "./signed-out-page";

type Promised = components["schemas"]["MailPromise"];

export function RecoverPage() {
  const [email, setEmail] = useState("");
  const support = api.useQuery("get", "/login/support").data;
  const recover = useMutation<Promised, Refusal | Error, string>({ mutationFn: askForLink });
  if (recover.isSuccess)
    return (
      <SignedOutPage title="Forgot your password?">
        <MailPromise promise={recover.data} email={recover.variables} />
      </SignedOutPage>
    );
  return (
    <SignedOutPage
      title="Forgot your password?"
      intro="Tell us your e-mail address, and you get a link to choose a new one."
      links={<Link to="/login">Back to signing in</Link>}
    >
      {support?.mail === false && (
        <Alert component="p" isInline variant="info" title="This server sends no mails">
          The link will be in the server’s log, where an administrator finds it.
        </Alert>
      )}
      <Form
        noValidate={false}
        onSubmit={(event) => {
          event.preventDefault();
          if (!recover.isPending) recover.mutate(email.trim());
        }}
      >
        <RefusalAlert title="The link could not be asked for" error={recover.error} />
        <TextField
          label="E-mail address"
          type="email"
          autoComplete="username"
          autoFocus
          isRequired
          value={email}
          onChange={setEmail}
        />
        <div>
          <Button type="submit" isBlock isLoading={recover.isPending} isAriaDisabled={recover.isPending}>
            Send me a link
          </Button>
        </div>
      </Form>
    </SignedOutPage>
  );
}

async function askForLink(email: string): Promise<Promised> {
  const { data, error, response } = await client.POST("/login/recover", { body: { email } });
  if (error !== undefined) throw new Refusal(error, response);
  return data;
}
