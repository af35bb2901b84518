/** The frame of the pages for people who are not signed in: a card in the middle, and ways to go on below it. */
import { Card, CardBody, CardFooter, CardHeader, Content } from "@patternfly/react-core";
import { type ReactNode, useEffect } from "react";

import "./account.css";

export function SignedOutPage({
  title,
  intro,
  links,
  children,
}: {
  title: string;
  intro?: ReactNode;
  links?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Ibutsu`;
  }, [title]);
  return (
    <main className="account">
      <div className="account-brand">
        <img src="/favicon.svg" alt="" width="40" height="40" />
        Ibutsu
      </div>
      <Card className="account-card" isLarge>
        <CardHeader>
          <Content component="h1">{title}</Content>
          {intro !== undefined && <Content component="p">{intro}</Content>}
        </CardHeader>
        <CardBody className="account-parts">{children}</CardBody>
        {links !== undefined && <CardFooter className="account-links">{links}</CardFooter>}
      </Card>
    </main>
  );
}
