/** A list on the left and the result that was chosen in it on the right, with keys to go from one to the next. */
import { Skeleton } from "@patternfly/react-core";
import { createContext, lazy, type ReactNode, Suspense, use, useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";

import { Loading } from "@/components/states";
import { useShortcuts } from "@/components/shortcuts";

import { type Address, beside, useAddress } from "./address";
import { focusHeading, focusLink, isSomethingOpen } from "./focus";
import { useResultsChanged } from "./use-run";
import "./split.css";

const ResultView = lazy(async () => ({
  default: (await import("@/viewers/result/result-view")).ResultView,
}));

const OrderContext = createContext<(ids: readonly string[]) => void>(() => undefined);

/** Tells the way that `j` and `k` take; the ids must stay the same as long as nothing changes. */
export function useOrder(ids: readonly string[]): void {
  const tell = use(OrderContext);
  useEffect(() => {
    tell(ids);
    return () => tell([]);
  }, [ids, tell]);
}

export function Split({ children }: { children: ReactNode }) {
  const address = useAddress();
  const { resultId } = address;
  const navigate = useNavigate();
  const [order, setOrder] = useState<readonly string[]>([]);
  const panel = useRef<HTMLElement>(null);
  const shown = useRef(resultId);
  const place = resultId === undefined ? -1 : order.indexOf(resultId);
  const previous = order[place - 1];
  const next = order[place + 1];
  const open = (id: string | undefined) => {
    if (id !== undefined) void navigate(beside(address, id), { replace: resultId !== undefined });
  };
  useShortcuts({
    j: () => open(next),
    k: () => open(place > 0 ? previous : order[0]),
    Escape: () => {
      if (resultId !== undefined && !isSomethingOpen()) void navigate(beside(address), { replace: true });
    },
  });
  useEffect(() => {
    const before = shown.current;
    shown.current = resultId;
    if (resultId === before) return;
    if (resultId !== undefined) return focusHeading(panel.current);
    focusLink(before);
    return undefined;
  }, [resultId]);
  return (
    <OrderContext value={setOrder}>
      <div className={resultId === undefined ? "split" : "split split-open"}>
        <div className="split-list">{children}</div>
        {resultId !== undefined && (
          <section className="split-result" aria-label="Result" ref={panel}>
            <Steps address={address} order={order} place={place} />
            <Suspense fallback={<Loading what="the result" />}>
              <Chosen key={resultId} resultId={resultId} projectId={address.projectId} />
            </Suspense>
          </section>
        )}
      </div>
    </OrderContext>
  );
}

function Chosen({ resultId, projectId }: { resultId: string; projectId: string }) {
  const onChange = useResultsChanged();
  return <ResultView resultId={resultId} projectId={projectId} onChange={onChange} />;
}

function Steps({ address, order, place }: { address: Address; order: readonly string[]; place: number }) {
  const step = (id: string | undefined, label: string, key: string) =>
    id === undefined ? (
      <span className="split-step" aria-hidden>
        {label}
      </span>
    ) : (
      <Link to={beside(address, id)} replace className="split-step" title={`Key: ${key}`}>
        {label}
      </Link>
    );
  return (
    <nav className="split-steps" aria-label="Results of the list">
      <Link to={beside(address)} replace title="Key: Esc">
        <span className="split-back">Back to the list</span>
        <span className="split-close">Close</span>
      </Link>
      <span className="split-place">
        {place >= 0 ? `${(place + 1).toLocaleString()} of ${order.length.toLocaleString()}` : null}
        {place < 0 && order.length === 0 && <Skeleton width="4rem" screenreaderText="Loading the list" />}
      </span>
      {step(place > 0 ? order[place - 1] : undefined, "Previous", "k")}
      {step(order[place + 1], "Next", "j")}
      <Link to={`/project/${address.projectId}/results/${address.resultId ?? ""}`}>Open as a page</Link>
    </nav>
  );
}
