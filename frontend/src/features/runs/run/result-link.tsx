/** A link that opens a result beside the list which it is in. */
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "react-router";

import { beside, useAddress } from "./address";

export function ResultLink({
  id,
  children,
  tabIndex,
}: {
  id: string;
  children: ReactNode;
  tabIndex?: number;
}) {
  const address = useAddress();
  const link = useRef<HTMLAnchorElement>(null);
  const isShown = address.resultId === id;
  useEffect(() => {
    if (isShown) link.current?.scrollIntoView({ block: "nearest" });
  }, [isShown]);
  return (
    <Link
      ref={link}
      to={beside(address, id)}
      className="result-link breakable"
      aria-current={isShown ? "true" : undefined}
      data-result={id}
      tabIndex={tabIndex}
    >
      {children}
    </Link>
  );
}
