import { Page } from "@/components/page";

export function RegisterPage() {
  return <Page title="Register">To be written</Page>;
}
