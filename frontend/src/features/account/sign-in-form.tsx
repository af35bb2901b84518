/** E-mail address and password. */
import { Button, Form } from "@patternfly/react-core";
import { useState } from "react";

import { TextField } from "@/components/text-field";

import { PasswordField } from "./password-field";
import { RefusalAlert } from "./refusal";
import { useSignIn } from "./sign-in";

export function SignInForm({ onDone }: { onDone: () => void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn(onDone);
  return (
    <Form
      noValidate={false}
      onSubmit={(event) => {
        event.preventDefault();
        if (!signIn.isPending) signIn.mutate({ email: email.trim(), password });
      }}
    >
      <RefusalAlert title="You could not be signed in" error={signIn.error} />
      <TextField
        label="E-mail address"
        type="email"
        name="email"
        autoComplete="username"
        autoFocus
        isRequired
        value={email}
        onChange={setEmail}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        isRequired
        value={password}
        onChange={setPassword}
      />
      <div>
        <Button type="submit" isBlock isLoading={signIn.isPending} isAriaDisabled={signIn.isPending}>
          Sign in
        </Button>
      </div>
    </Form>
  );
}
