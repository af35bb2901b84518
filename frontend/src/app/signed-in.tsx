/** Lets in who is signed in, and sends everybody else to sign in and then back to where they wanted to go. */
import { Bullseye, Spinner } from "@patternfly/react-core";
import { Navigate, Outlet, useLocation } from "react-router";

import { problemOf } from "@/api/problem";
import { useUser } from "@/api/user";
import { Failed } from "@/components/states";

export function SignedIn() {
  const user = useUser();
  const { pathname, search, hash } = useLocation();
  if (user.data !== undefined) return <Outlet />;
  if (user.isPending)
    return (
      <Bullseye>
        <Spinner aria-label="Finding out who you are" />
      </Bullseye>
    );
  if (problemOf(user.error).status === 401) {
    const next = pathname + search + hash;
    const search_ = next === "/" ? "" : `?${new URLSearchParams({ next }).toString()}`;
    return <Navigate to={`/login${search_}`} replace />;
  }
  return <Failed error={user.error} what="your account" onRetry={() => void user.refetch()} />;
}
