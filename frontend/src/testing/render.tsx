/** A piece of the application as people get it: with its router, its cache and its toasts. */
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { createMemoryRouter } from "react-router";
import { RouterProvider } from "react-router/dom";

import { createQueryClient } from "@/api/client";
import { ToastProvider } from "@/components/toasts";

/** `path` is the route's pattern, `at` where the browser is.  `location()` tells where it is afterwards. */
export function renderPage(
  element: ReactNode,
  { path = "*", at = "/" }: { path?: string; at?: string } = {},
) {
  const router = createMemoryRouter(
    [
      { path, element },
      { path: "*", element: <p>Another page</p> },
    ],
    { initialEntries: [at] },
  );
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { retry: false } });
  const user = userEvent.setup();
  const view = render(
    <QueryClientProvider client={queryClient}>
      <ToastProvider>
        <RouterProvider router={router} />
      </ToastProvider>
    </QueryClientProvider>,
  );
  const location = () =>
    router.state.location.pathname + router.state.location.search + router.state.location.hash;
  return { ...view, user, router, queryClient, location };
}
