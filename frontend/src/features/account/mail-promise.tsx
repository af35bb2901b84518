/** What happens next after something was asked for that is told by mail. */
import { Alert, Content } from "@patternfly/react-core";
import { Link } from "react-router";

import type { components } from "@/api/schema";

export function MailPromise({
  promise,
  email,
}: {
  promise: components["schemas"]["MailPromise"];
  email: string;
}) {
  return (
    <>
      <Alert
        role="status"
        component="p"
        isInline
        variant={promise.mail ? "success" : "info"}
        title={promise.mail ? "Look into your mailbox" : "Ask an administrator for the link"}
      >
        <Content component="p" className="breakable">
          {promise.mail ? `${promise.message} The address is ${email}.` : promise.message}
        </Content>
      </Alert>
      <Link to="/login">Back to signing in</Link>
    </>
  );
}
