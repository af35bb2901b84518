/** Short messages about what was done, or could not be done. */
import { Alert, AlertActionCloseButton, AlertGroup, type AlertProps } from "@patternfly/react-core";
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";

import { problemOf } from "@/api/problem";

type Toast = { id: number; variant: AlertProps["variant"]; title: string; body?: ReactNode };
type Toasts = {
  /** Something was done. */
  done: (title: string, body?: ReactNode) => void;
  /** Something could not be done; says why. */
  failed: (title: string, error: unknown) => void;
};

const Context = createContext<Toasts>({ done: () => undefined, failed: () => undefined });
const SHOWN_MS = 8000;
let last = 0;

export function useToasts(): Toasts {
  return use(Context);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const add = useCallback((toast: Omit<Toast, "id">) => {
    last += 1;
    const id = last;
    setToasts((present) => [...present, { ...toast, id }]);
  }, []);
  const remove = (id: number) => setToasts((present) => present.filter((toast) => toast.id !== id));
  const value = useMemo<Toasts>(
    () => ({
      done: (title, body) => add({ variant: "success", title, body }),
      failed: (title, error) => add({ variant: "danger", title, body: problemOf(error).detail }),
    }),
    [add],
  );
  return (
    <Context value={value}>
      {children}
      <AlertGroup isToast isLiveRegion>
        {toasts.map(({ id, variant, title, body }) => (
          <Alert
            key={id}
            variant={variant}
            title={title}
            component="p"
            timeout={variant === "danger" ? false : SHOWN_MS}
            onTimeout={() => remove(id)}
            actionClose={<AlertActionCloseButton onClose={() => remove(id)} />}
          >
            {body}
          </Alert>
        ))}
      </AlertGroup>
    </Context>
  );
}
