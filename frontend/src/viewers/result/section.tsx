/** A part of what is told of a result, under its heading. */
import { createContext, type ReactNode, use, useId } from "react";

/** The level of the headings of sections, which depends on where the result is shown. */
export const SectionLevel = createContext<2 | 3 | 4>(3);

export function Section({
  title,
  name,
  actions,
  children,
}: {
  title: ReactNode;
  /** Its name in addresses, such as "history". */
  name?: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  const Heading = `h${use(SectionLevel)}` as const;
  return (
    <section aria-labelledby={id} id={name} className="result-section">
      <div className="result-section-head">
        <Heading id={id}>{title}</Heading>
        {actions}
      </div>
      {children}
    </section>
  );
}
