/** Signing in with a password, and what follows for what this page knows. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { client } from "@/api/client";
import { mayBeSignedIn } from "@/api/session";

import { Refusal } from "./refusal";

export type Credentials = { email: string; password: string };

/** Forgets what was loaded for whoever was signed in before. */
export function useSignIn(onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation<unknown, Refusal | Error, Credentials>({
    mutationFn: signIn,
    onSuccess: () => {
      queryClient.removeQueries({ type: "inactive" });
      onDone();
    },
  });
}

export async function signIn(credentials: Credentials): Promise<void> {
  const { error, response } = await client.POST("/login", { body: { ...credentials, cookies: true } });
  if (error !== undefined) throw new Refusal(error, response);
}

/** Whether this browser is signed in already.  It asks by renewing: to be refused then ends nothing. */
export function useIsSignedIn() {
  return useQuery({
    queryKey: ["signed in"],
    queryFn: async () => (await client.POST("/login/refresh", { body: {} })).response.ok,
    enabled: mayBeSignedIn(),
    retry: false,
    gcTime: 0,
    staleTime: Infinity,
  });
}
