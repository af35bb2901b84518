/** Signing in, in every way that the server offers; then people go where they wanted to. */
import { Bullseye, Button, Spinner } from "@patternfly/react-core";
import { useState } from "react";
import { Link, Navigate, useNavigate, useSearchParams } from "react-router";

import { api } from "@/api/client";
import { Failed, Loading } from "@/components/states";
import type { components } from "@/api/schema";

import { Arrival } from "./arrival";
import { localPath } from "./next-path";
import { PROVIDERS, Providers } from "./providers";
import { useIsSignedIn } from "./sign-in";
import { SignInForm } from "./sign-in-form";
import { SignedOutPage } from "./signed-out-page";

type Support = components["schemas"]["LoginSupport"];

export function SignInPage() {
  const [parameters] = useSearchParams();
  const next = localPath(parameters.get("next"));
  const isSignedIn = useIsSignedIn();
  const support = api.useQuery("get", "/login/support");
  if (isSignedIn.data === true) return <Navigate to={next} replace />;
  if (isSignedIn.isLoading)
    return (
      <Bullseye>
        <Spinner aria-label="Finding out whether you are signed in" />
      </Bullseye>
    );
  return (
    <SignedOutPage title="Sign in" links={support.data?.user && <Links support={support.data} />}>
      <Arrival parameters={parameters} />
      {support.isPending && <Loading what="the ways to sign in" />}
      {support.isError && (
        <Failed error={support.error} what="the ways to sign in" onRetry={() => void support.refetch()} />
      )}
      {support.data !== undefined && <Ways support={support.data} next={next} />}
    </SignedOutPage>
  );
}

function Ways({ support, next }: { support: Support; next: string }) {
  const navigate = useNavigate();
  const [isAdministrator, setAdministrator] = useState(false);
  const offered = PROVIDERS.filter(({ name }) => support[name]);
  const hasForm = support.user || isAdministrator;
  return (
    <>
      {hasForm && <SignInForm onDone={() => void navigate(next, { replace: true })} />}
      {hasForm && offered.length > 0 && <div className="account-or">or</div>}
      {offered.length > 0 && <Providers offered={offered} next={next} />}
      {!hasForm && (
        <Button variant="link" isInline onClick={() => setAdministrator(true)}>
          Administrators: sign in with a password
        </Button>
      )}
    </>
  );
}

function Links({ support }: { support: Support }) {
  return (
    <>
      {support.registration && <Link to="/sign-up">Create an account</Link>}
      <Link to="/forgot-password">Forgot your password?</Link>
    </>
  );
}
