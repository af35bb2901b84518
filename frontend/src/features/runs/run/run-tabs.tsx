/** The tabs of a run, which are links. */
import { Badge } from "@patternfly/react-core";
import "@patternfly/react-styles/css/components/Tabs/tabs.css";
import { Link } from "react-router";

import { type Address, runPath, type Tab, TABS } from "./address";

const LABELS: Record<Tab, string> = {
  failures: "Failures",
  results: "Results",
  tree: "Tree",
  timeline: "Timeline",
  artifacts: "Artifacts",
  metadata: "Metadata",
};

export function RunTabs({ address, tab, failures }: { address: Address; tab: Tab; failures: number }) {
  return (
    <nav className="pf-v6-c-tabs run-tabs" aria-label="Views of this run">
      <ul className="pf-v6-c-tabs__list">
        {TABS.map((one) => (
          <li key={one} className={`pf-v6-c-tabs__item${one === tab ? " pf-m-current" : ""}`}>
            <Link
              className="pf-v6-c-tabs__link"
              to={runPath(address, one)}
              aria-current={one === tab ? "page" : undefined}
            >
              <span className="pf-v6-c-tabs__item-text">
                {LABELS[one]}
                {one === "failures" && failures > 0 && <Badge isRead>{failures.toLocaleString()}</Badge>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
