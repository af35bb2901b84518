/** The places of a project, or of an account, with the current one marked. */
import { Nav, NavItem, NavList, PageSidebar, PageSidebarBody } from "@patternfly/react-core";
import { NavLink, useLocation, useParams } from "react-router";

const PROJECT = [
  { to: "runs", label: "Runs" },
  { to: "results", label: "Results" },
  { to: "imports", label: "Imports" },
];
const ACCOUNT = [
  { to: "/profile", label: "Profile" },
  { to: "/profile/tokens", label: "API tokens" },
];

export function Navigation({ isOpen, onNavigate }: { isOpen: boolean; onNavigate: () => void }) {
  const { projectId } = useParams();
  const { pathname } = useLocation();
  const places = pathname.startsWith("/profile")
    ? ACCOUNT
    : projectId === undefined
      ? [{ to: "/project", label: "Projects" }]
      : PROJECT.map(({ to, label }) => ({ to: `/project/${projectId}/${to}`, label }));
  return (
    <PageSidebar isSidebarOpen={isOpen}>
      <PageSidebarBody>
        <Nav aria-label="Places" onSelect={onNavigate}>
          <NavList>
            {places.map(({ to, label }) => (
              <NavItem key={to} isActive={isAt(pathname, to)}>
                <NavLink to={to} end={to === "/profile"}>
                  {label}
                </NavLink>
              </NavItem>
            ))}
          </NavList>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}

function isAt(pathname: string, to: string): boolean {
  return pathname === to || (to !== "/profile" && to !== "/project" && pathname.startsWith(`${to}/`));
}
