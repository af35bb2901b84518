/** An input for a password that can be looked at while it is typed. */
import { Button } from "@patternfly/react-core";
import EyeIcon from "@patternfly/react-icons/dist/esm/icons/eye-icon";
import EyeSlashIcon from "@patternfly/react-icons/dist/esm/icons/eye-slash-icon";
import { useState } from "react";

import { TextField, type TextFieldProps } from "@/components/text-field";

export const PASSWORD_HINT =
  "8 characters or more, and not easy to guess: a few words that only you would combine.";

export function PasswordField(props: Omit<TextFieldProps, "type" | "end">) {
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={isShown ? "text" : "password"}
      spellCheck={false}
      autoCapitalize="none"
      end={
        <Button
          variant="control"
          aria-pressed={isShown}
          aria-label="Show what is typed"
          icon={isShown ? <EyeSlashIcon /> : <EyeIcon />}
          onClick={() => setShown(!isShown)}
        />
      }
    />
  );
}
