/** What is around every page: the bar on top, the navigation, and the way past them. */
import {
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  Page,
  PageToggleButton,
  SkipToContent,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from "@patternfly/react-core";
import { Suspense, useEffect, useState } from "react";
import { ErrorBoundary } from "react-error-boundary";
import { Link, Outlet, useLocation, useNavigation, useParams } from "react-router";

import { api } from "@/api/client";
import { problemOf } from "@/api/problem";
import { keepSignedIn } from "@/api/session";
import { Failed, Loading } from "@/components/states";

import { rememberProject } from "../last-project";
import { HelpButton } from "./help";
import { Navigation } from "./navigation";
import { ProjectSwitcher } from "./project-switcher";
import { SearchButton } from "./search";
import "./shell.css";
import { ThemeMenu } from "./theme-menu";
import { UserMenu } from "./user-menu";

const MAIN = "main";

export function Shell() {
  const { projectId } = useParams();
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(() => window.innerWidth >= 1200);
  const isBusy = useNavigation().state === "loading";
  const refusal = useRefusal(projectId);
  useEffect(keepSignedIn, []);
  return (
    <Page
      mainContainerId={MAIN}
      mainTabIndex={-1}
      skipToContent={
        <SkipToContent href={`#${MAIN}`} onClick={focusMain}>
          Skip to content
        </SkipToContent>
      }
      isManagedSidebar={false}
      masthead={
        <Masthead display={{ default: "inline" }}>
          <MastheadMain>
            <MastheadToggle>
              <PageToggleButton
                isHamburgerButton
                aria-label="Navigation"
                isSidebarOpen={isOpen}
                onSidebarToggle={() => setOpen(!isOpen)}
              />
            </MastheadToggle>
            <MastheadBrand>
              <MastheadLogo
                component={(props) => <Link {...props} to="/project" />}
                className="shell-logo"
                aria-label="Ibutsu: all projects"
              >
                <img src="/favicon.svg" alt="" width="28" height="28" />
                <span>Ibutsu</span>
              </MastheadLogo>
            </MastheadBrand>
          </MastheadMain>
          <MastheadContent>
            <Toolbar isFullHeight isStatic className="shell-tools">
              <ToolbarContent>
                <ToolbarItem>
                  <ProjectSwitcher />
                </ToolbarItem>
                <ToolbarGroup variant="action-group-plain" align={{ default: "alignEnd" }}>
                  {projectId !== undefined && (
                    <ToolbarItem>
                      <SearchButton projectId={projectId} />
                    </ToolbarItem>
                  )}
                  <ToolbarItem>
                    <ThemeMenu />
                  </ToolbarItem>
                  <ToolbarItem visibility={{ default: "hidden", md: "visible" }}>
                    <HelpButton />
                  </ToolbarItem>
                  <ToolbarItem>
                    <UserMenu />
                  </ToolbarItem>
                </ToolbarGroup>
              </ToolbarContent>
            </Toolbar>
          </MastheadContent>
        </Masthead>
      }
      sidebar={<Navigation isOpen={isOpen} onNavigate={() => setOpen(window.innerWidth >= 1200)} />}
    >
      {isBusy && <div className="shell-progress" role="progressbar" aria-label="Loading the page" />}
      <ErrorBoundary
        resetKeys={[pathname]}
        fallbackRender={({ error, resetErrorBoundary }) => (
          <Failed error={error} what="this page" onRetry={resetErrorBoundary} />
        )}
      >
        <Suspense fallback={<Loading what="the page" />}>
          {refusal === null ? <Outlet /> : <Failed error={refusal} what="this project" />}
        </Suspense>
      </ErrorBoundary>
    </Page>
  );
}

/** Why a project cannot be looked at, if so; it is remembered if it can. */
function useRefusal(projectId: string | undefined): unknown {
  const { data, error } = api.useQuery(
    "get",
    "/project/{id}",
    { params: { path: { id: projectId ?? "" } } },
    { enabled: projectId !== undefined, staleTime: 60_000 },
  );
  const isRefused = error !== null && [400, 401, 403, 404].includes(problemOf(error).status);
  useEffect(() => {
    if (data !== undefined) rememberProject(data.id);
    if (isRefused) rememberProject(null);
  }, [data, isRefused]);
  return isRefused ? error : null;
}

function focusMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById(MAIN)?.focus();
}
