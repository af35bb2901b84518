/** The own API tokens: what programs use in place of a password. */
import { Alert, Button } from "@patternfly/react-core";
import KeyIcon from "@patternfly/react-icons/dist/esm/icons/key-icon";
import PlusIcon from "@patternfly/react-icons/dist/esm/icons/plus-icon";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import type { Token } from "@/api/types";
import { DataTable } from "@/components/data-table";
import { Page } from "@/components/page";
import { Snippet } from "@/components/snippet";
import { Empty, Failed } from "@/components/states";
import { useList } from "@/filters/use-list";

import "./account.css";
import { NewToken } from "./new-token";
import { TOKEN_COLUMNS } from "./token-columns";

export function TokensPage() {
  const { page, pageSize, setPage, setPageSize } = useList();
  const [isAdding, setAdding] = useState(false);
  const [added, setAdded] = useState<Token>();
  const tokens = api.useQuery(
    "get",
    "/user/token",
    { params: { query: { page, pageSize } } },
    { placeholderData: keepPreviousData },
  );
  const add = (
    <Button icon={<PlusIcon />} onClick={() => setAdding(true)}>
      Create token
    </Button>
  );
  return (
    <Page title="API tokens" actions={tokens.data?.pagination.totalItems ? add : undefined}>
      {added !== undefined && <Secret token={added} onClose={() => setAdded(undefined)} />}
      {tokens.isError ? (
        <Failed error={tokens.error} what="your API tokens" onRetry={() => void tokens.refetch()} />
      ) : (
        <DataTable
          name="tokens"
          columns={TOKEN_COLUMNS}
          rows={tokens.data?.tokens}
          pagination={tokens.data?.pagination}
          paging={{ page, pageSize, onPage: setPage, onPageSize: setPageSize }}
          isFetching={tokens.isFetching}
          empty={
            <Empty title="You have no API tokens yet" icon={KeyIcon} action={add}>
              CI jobs and scripts use them to report results. Give each a token of its own, limited to what it
              needs.
            </Empty>
          }
        />
      )}
      {isAdding && (
        <NewToken
          onClose={() => setAdding(false)}
          onDone={(token) => {
            setAdded(token);
            setAdding(false);
          }}
        />
      )}
    </Page>
  );
}

function Secret({ token, onClose }: { token: Token; onClose: () => void }) {
  return (
    <Alert
      role="status"
      component="h2"
      isInline
      variant="success"
      title={`The token ${token.name} is ready: copy it now`}
      className="token-secret"
      actionLinks={
        <Button variant="link" isInline onClick={onClose}>
          I have copied it
        </Button>
      }
    >
      <p>It is shown this once. Nobody, not even the server, can show it again.</p>
      <Snippet text={token.token} label="Copy the token" />
    </Alert>
  );
}
