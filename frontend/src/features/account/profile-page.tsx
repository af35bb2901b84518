/** The own account: name, password, projects, and where one is signed in. */
import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Label,
} from "@patternfly/react-core";
import type { ReactNode } from "react";

import type { User } from "@/api/types";
import { useUser } from "@/api/user";
import { Page } from "@/components/page";
import { Failed, Loading } from "@/components/states";

import "./account.css";
import { NameForm } from "./name-form";
import { OwnProjects } from "./own-projects";
import { PasswordForm } from "./password-form";
import { Sessions } from "./sessions";

export function ProfilePage() {
  const user = useUser();
  return (
    <Page title="Profile">
      {user.isPending && <Loading what="your account" />}
      {user.isError && <Failed error={user.error} what="your account" onRetry={() => void user.refetch()} />}
      {user.data !== undefined && (
        <div className="profile">
          <Part title="You">
            <Facts user={user.data} />
            <NameForm user={user.data} />
          </Part>
          <Part title="Projects">
            <OwnProjects user={user.data} />
          </Part>
          <Part title="Where you are signed in">
            <Sessions />
          </Part>
          <Part title="Password">
            <PasswordForm email={user.data.email} />
          </Part>
        </div>
      )}
    </Page>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="profile-part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Facts({ user }: { user: User }) {
  return (
    <DescriptionList isHorizontal isCompact>
      <DescriptionListGroup>
        <DescriptionListTerm>E-mail address</DescriptionListTerm>
        <DescriptionListDescription className="breakable">
          {user.email} {user.is_superadmin && <Label color="purple">Administrator</Label>}
        </DescriptionListDescription>
      </DescriptionListGroup>
    </DescriptionList>
  );
}
