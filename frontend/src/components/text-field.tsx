/** One line of a form: its label, the input, a hint, and what is wrong with it. */
import {
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  InputGroup,
  InputGroupItem,
  TextInput,
  type TextInputProps,
} from "@patternfly/react-core";
import { type ReactNode, useId } from "react";

export type TextFieldProps = Omit<TextInputProps, "ref" | "onChange" | "validated" | "value" | "id"> & {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string;
  /** What stands at the end of the input, such as a button. */
  end?: ReactNode;
};

export function TextField({ label, onChange, hint, error, end, ...input }: TextFieldProps) {
  const id = useId();
  const about = error ?? hint;
  const field = (
    <TextInput
      {...input}
      id={id}
      validated={error === undefined ? "default" : "error"}
      aria-describedby={about === undefined ? undefined : `${id}-about`}
      onChange={(_, value) => onChange(value)}
    />
  );
  return (
    <FormGroup label={label} fieldId={id} isRequired={input.isRequired}>
      {end === undefined ? (
        field
      ) : (
        <InputGroup>
          <InputGroupItem isFill>{field}</InputGroupItem>
          <InputGroupItem>{end}</InputGroupItem>
        </InputGroup>
      )}
      {about !== undefined && (
        <FormHelperText>
          <HelperText id={`${id}-about`} aria-live="polite">
            <HelperTextItem variant={error === undefined ? "default" : "error"}>{about}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
