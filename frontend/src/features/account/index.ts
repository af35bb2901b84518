export { ProfilePage } from "./profile-page";
export { RecoverPage } from "./recover-page";
export { RegisterPage } from "./register-page";
export { ResetPasswordPage } from "./reset-password-page";
export { SignInPage } from "./sign-in-page";
export { TokensPage } from "./tokens-page";
