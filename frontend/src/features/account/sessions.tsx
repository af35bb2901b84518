/** Where one is signed in, and how to end that. */
import { Button, Label } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import type { components } from "@/api/schema";
import { Confirm } from "@/components/confirm";
import { Failed, Loading } from "@/components/states";
import { Ago } from "@/components/times";
import { useToasts } from "@/components/toasts";

import { deviceOf } from "./device";

type Session = components["schemas"]["Session"];

const MOST = 100;

export function Sessions() {
  const sessions = api.useQuery("get", "/user/session", { params: { query: { pageSize: MOST } } });
  if (sessions.isPending) return <Loading what="your sign-ins" lines={3} />;
  if (sessions.isError)
    return <Failed error={sessions.error} what="your sign-ins" onRetry={() => void sessions.refetch()} />;
  const others = sessions.data.sessions.filter(({ current }) => !current);
  return (
    <>
      <ul className="profile-list">
        {sessions.data.sessions.map((session) => (
          <SessionItem key={session.id} session={session} />
        ))}
      </ul>
      {others.length > 0 && <EndOthers />}
    </>
  );
}

function SessionItem({ session }: { session: Session }) {
  const device = deviceOf(session.user_agent);
  const refresh = useRefresh();
  const toasts = useToasts();
  const end = api.useMutation("delete", "/user/session/{id}", {
    onSuccess: () => toasts.done(`${device} is signed out`),
    onError: (error) => toasts.failed("The sign-in was not ended", error),
    onSettled: refresh,
  });
  return (
    <li>
      <div>
        <strong title={session.user_agent ?? undefined}>{device}</strong>{" "}
        {session.current && <Label color="green">this one</Label>}
        <div className="profile-note">
          {session.address !== null && <>{session.address} · </>}used <Ago time={session.used} /> · signed in{" "}
          <Ago time={session.created} />
        </div>
      </div>
      {!session.current && (
        <Button
          variant="link"
          aria-label={`Sign out ${device}, ${session.address ?? "unknown address"}`}
          isLoading={end.isPending}
          isDisabled={end.isPending}
          onClick={() => end.mutate({ params: { path: { id: session.id } } })}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

function EndOthers() {
  const [isAsked, setAsked] = useState(false);
  const refresh = useRefresh();
  const toasts = useToasts();
  const end = api.useMutation("delete", "/user/session", {
    onSuccess: () => toasts.done("You are signed out everywhere else"),
    onError: (error) => toasts.failed("The other sign-ins were not ended", error),
    onSettled: () => {
      setAsked(false);
      return refresh();
    },
  });
  return (
    <>
      <Button variant="secondary" isDanger onClick={() => setAsked(true)}>
        Sign out everywhere else
      </Button>
      {isAsked && (
        <Confirm
          title="Sign out everywhere else?"
          action="Sign out"
          isBusy={end.isPending}
          onConfirm={() => end.mutate({})}
          onClose={() => setAsked(false)}
        >
          All browsers and programs but this one have to sign in again. API tokens stay.
        </Confirm>
      )}
    </>
  );
}

function useRefresh(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["get", "/user/session"] });
}
