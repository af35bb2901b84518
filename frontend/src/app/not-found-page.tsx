import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { Link } from "react-router";

import { Page } from "@/components/page";
import { Empty } from "@/components/states";

export function NotFoundPage() {
  return (
    <Page title="Page not found">
      <Empty title="There is no such page" icon={SearchIcon} action={<Link to="/project">All projects</Link>}>
        The link may be incomplete or out of date.
      </Empty>
    </Page>
  );
}
