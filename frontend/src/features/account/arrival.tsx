/** What the server tells people whom it sends to the page for signing in: `?st=…&msg=…`. */
import { Alert } from "@patternfly/react-core";

/** The server's sentences, and what is made of them here; nobody else can put words into our mouth by a link. */
const KNOWN: Record<string, { variant: "success" | "warning"; title: string; body: string }> = {
  "Account activated, please log in.": {
    variant: "success",
    title: "Your account is active",
    body: "Sign in with the password that you chose.",
  },
  "Invalid activation code, please check the link in your email.": {
    variant: "warning",
    title: "This link does not open an account",
    body: "It is incomplete, or older than three days. Ask for a new one by creating the account again.",
  },
  "Your account is not active: please ask an administrator": {
    variant: "warning",
    title: "Your account is not active",
    body: "An administrator of this server can activate it.",
  },
  "You have no account on this server: please ask an administrator for one": {
    variant: "warning",
    title: "You have no account on this server",
    body: "Ask an administrator for one.",
  },
  "The provider knows no verified e-mail address of yours: please verify it there first": {
    variant: "warning",
    title: "Your e-mail address is not verified",
    body: "Verify it at the provider first, then sign in again.",
  },
  "The e-mail address that the provider knows cannot be used here": {
    variant: "warning",
    title: "Your e-mail address cannot be used here",
    body: "It is the one that the provider knows. Change it there, or sign in in another way.",
  },
};
const MOST = 200;

export function Arrival({ parameters }: { parameters: URLSearchParams }) {
  const message = parameters.get("msg");
  if (message === null) return null;
  const known = Object.hasOwn(KNOWN, message) ? KNOWN[message] : undefined;
  if (known !== undefined)
    return (
      <Alert role="status" component="p" isInline variant={known.variant} title={known.title}>
        {known.body}
      </Alert>
    );
  if (parameters.get("st") !== "error") return null;
  return (
    <Alert
      role="status"
      component="p"
      isInline
      variant="warning"
      title="Signing in with a provider did not work"
    >
      <span className="breakable">
        The sign-in provider said: “{message.length > MOST ? `${message.slice(0, MOST)}…` : message}”
      </span>
    </Alert>
  );
}
