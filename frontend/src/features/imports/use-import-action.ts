/** Cancelling an import or trying it again, after which it is asked for anew. */
import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import { useToasts } from "@/components/toasts";

export function useImportAction(path: "/import/{id}/cancel" | "/import/{id}/retry", failure: string) {
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const { mutate, isPending } = api.useMutation("post", path, {
    onError: (error) => toasts.failed(failure, error),
    onSettled: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ["get", "/import/{id}"] }),
        queryClient.invalidateQueries({ queryKey: ["get", "/import"] }),
      ]);
    },
  });
  return { act: (id: string) => mutate({ params: { path: { id } } }), isPending };
}
