/** Which address shows which page.  Pages are loaded when they are needed. */
import type { QueryClient } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { createBrowserRouter, type DataRouter, type RouteObject } from "react-router";

import { onSignedOut } from "@/api/session";

import { BrokenPage, Crash } from "./broken-page";
import { Home } from "./home";
import { Shell } from "./shell/shell";
import { SignedIn } from "./signed-in";

/** A page in a chunk of its own. */
function page<Name extends string>(
  path: string,
  load: () => Promise<Record<Name, ComponentType>>,
  name: Name,
): RouteObject {
  return { path, lazy: async () => ({ Component: (await load())[name] }), errorElement: <BrokenPage /> };
}

const account = () => import("@/features/account");
const projects = () => import("@/features/projects");
const runs = () => import("@/features/runs");
const run = () => import("@/features/runs/run-page");
const results = () => import("@/features/results");
const result = () => import("@/features/results/result-page");
const imports = () => import("@/features/imports");
const artifacts = () => import("@/features/artifacts");

export const routes: RouteObject[] = [
  {
    errorElement: <Crash />,
    HydrateFallback: () => null,
    children: [
      page("/login", account, "SignInPage"),
      page("/sign-up", account, "RegisterPage"),
      page("/forgot-password", account, "RecoverPage"),
      page("/reset-password", account, "ResetPasswordPage"),
      {
        Component: SignedIn,
        children: [
          {
            Component: Shell,
            children: [
              { index: true, Component: Home },
              page("/project", projects, "ProjectListPage"),
              page("/project/:projectId", projects, "ProjectPage"),
              page("/project/:projectId/start", projects, "FirstResultsPage"),
              page("/project/:projectId/runs", runs, "RunListPage"),
              page("/project/:projectId/compare", runs, "ComparePage"),
              page("/project/:projectId/runs/:runId/:tab?/:resultId?", run, "RunPage"),
              page("/project/:projectId/results", results, "ResultListPage"),
              page("/project/:projectId/results/:resultId/:tab?", result, "ResultPage"),
              page("/project/:projectId/imports", imports, "ImportPage"),
              page("/project/:projectId/artifacts/:artifactId", artifacts, "ArtifactPage"),
              page("/profile", account, "ProfilePage"),
              page("/profile/tokens", account, "TokensPage"),
              page("*", () => import("./not-found-page"), "NotFoundPage"),
            ],
          },
        ],
      },
    ],
  },
];

export function createRouter(queryClient: QueryClient): DataRouter {
  const router = createBrowserRouter(routes);
  onSignedOut(() => {
    const { pathname, search, hash } = router.state.location;
    if (pathname === "/login") return;
    queryClient.clear();
    void router.navigate(signInAt(pathname + search + hash));
  });
  return router;
}

function signInAt(next: string): string {
  return `/login?${new URLSearchParams({ next }).toString()}`;
}
