import { Page } from "@/components/page";

export function TokensPage() {
  return <Page title="Tokens">To be written</Page>;
}
