import { Page } from "@/components/page";

export function RecoverPage() {
  return <Page title="Recover">To be written</Page>;
}
