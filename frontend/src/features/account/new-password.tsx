/** A new password, typed twice. */
import { PASSWORD_HINT, PasswordField } from "./password-field";

export type Typed = { password: string; again: string };
export const NOTHING_TYPED: Typed = { password: "", again: "" };

export function isSettled({ password, again }: Typed): boolean {
  return password !== "" && password === again;
}

/** `error` is what the server says about the password. */
export function NewPassword({
  typed,
  onChange,
  error,
  label = "New password",
}: {
  typed: Typed;
  onChange: (typed: Typed) => void;
  error?: string;
  label?: string;
}) {
  const { password, again } = typed;
  const isDifferent = again !== "" && !password.startsWith(again);
  return (
    <>
      <PasswordField
        label={label}
        autoComplete="new-password"
        isRequired
        hint={PASSWORD_HINT}
        error={error}
        value={password}
        onChange={(value) => onChange({ password: value, again })}
      />
      <PasswordField
        label="The same password again"
        autoComplete="new-password"
        isRequired
        value={again}
        error={isDifferent ? "The two passwords are not the same" : undefined}
        hint={isSettled(typed) ? "The two passwords are the same" : undefined}
        onChange={(value) => onChange({ password, again: value })}
      />
    </>
  );
}
