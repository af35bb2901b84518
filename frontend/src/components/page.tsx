/** The frame of every page: its title in the tab and on top, the way to it, and what can be done. */
import { Breadcrumb, BreadcrumbItem, Content, PageSection } from "@patternfly/react-core";
import { type ReactNode, useEffect } from "react";
import { Link } from "react-router";

import "./page.css";

export type Crumb = { label: string; to: string };

export function Page({
  title,
  heading,
  crumbs = [],
  actions,
  children,
}: {
  /** For the tab of the browser, and the heading unless there is another. */
  title: string;
  heading?: ReactNode;
  crumbs?: readonly Crumb[];
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Ibutsu`;
  }, [title]);
  return (
    <>
      <PageSection className="page-head" hasBodyWrapper={false}>
        {crumbs.length > 0 && (
          <Breadcrumb className="page-crumbs">
            {crumbs.map(({ label, to }) => (
              <BreadcrumbItem
                key={to}
                render={({ className }) => (
                  <Link className={className} to={to}>
                    {label}
                  </Link>
                )}
              />
            ))}
            <BreadcrumbItem isActive>{title}</BreadcrumbItem>
          </Breadcrumb>
        )}
        <div className="page-title">
          <Content component="h1">{heading ?? title}</Content>
          {actions !== undefined && <div className="page-actions">{actions}</div>}
        </div>
      </PageSection>
      <PageSection isFilled hasBodyWrapper={false}>
        {children}
      </PageSection>
    </>
  );
}
