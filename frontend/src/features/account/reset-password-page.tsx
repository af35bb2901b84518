import { Page } from "@/components/page";

export function ResetPasswordPage() {
  return <Page title="ResetPassword">To be written</Page>;
}
