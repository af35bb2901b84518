/** Buttons for signing in with an account that people have elsewhere; each is a link to the server. */
import { Button } from "@patternfly/react-core";
import FacebookIcon from "@patternfly/react-icons/dist/esm/icons/facebook-icon";
import GithubIcon from "@patternfly/react-icons/dist/esm/icons/github-icon";
import GitlabIcon from "@patternfly/react-icons/dist/esm/icons/gitlab-icon";
import GoogleIcon from "@patternfly/react-icons/dist/esm/icons/google-icon";
import KeyIcon from "@patternfly/react-icons/dist/esm/icons/key-icon";
import OpenidIcon from "@patternfly/react-icons/dist/esm/icons/openid-icon";
import type { ComponentType } from "react";

import { api } from "@/api/client";

/** In the order in which they are shown; `isNamed` are those that a server can call as it likes. */
export const PROVIDERS = [
  { name: "keycloak", title: "Keycloak", Icon: KeyIcon, isNamed: true },
  { name: "oidc", title: "OpenID Connect", Icon: OpenidIcon, isNamed: true },
  { name: "google", title: "Google", Icon: GoogleIcon, isNamed: false },
  { name: "github", title: "GitHub", Icon: GithubIcon, isNamed: false },
  { name: "gitlab", title: "GitLab", Icon: GitlabIcon, isNamed: false },
  { name: "facebook", title: "Facebook", Icon: FacebookIcon, isNamed: false },
] as const;
export type Provider = (typeof PROVIDERS)[number];

const LONGEST_NEXT = 1000;

export function Providers({ offered, next }: { offered: readonly Provider[]; next: string }) {
  return (
    <ul className="account-providers" aria-label="Sign in with">
      {offered.map((provider) => (
        <li key={provider.name}>
          {provider.isNamed ? (
            <NamedProvider {...provider} next={next} />
          ) : (
            <ProviderLink {...provider} next={next} />
          )}
        </li>
      ))}
    </ul>
  );
}

function NamedProvider({ name, title, Icon, next }: Provider & { next: string }) {
  const config = api.useQuery("get", "/login/config/{provider}", { params: { path: { provider: name } } });
  return <ProviderLink name={name} title={config.data?.display_name ?? title} Icon={Icon} next={next} />;
}

function ProviderLink({
  name,
  title,
  Icon,
  next,
}: {
  name: string;
  title: string;
  Icon: ComponentType;
  next: string;
}) {
  const parameters = new URLSearchParams({ next: next.length > LONGEST_NEXT ? "/" : next });
  return (
    <Button
      component="a"
      variant="secondary"
      isBlock
      icon={<Icon />}
      href={`/api/login/authorize/${name}?${parameters.toString()}`}
    >
      Sign in with {title}
    </Button>
  );
}
