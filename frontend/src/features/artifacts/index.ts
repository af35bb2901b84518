export { ArtifactPage } from "./artifact-page";
