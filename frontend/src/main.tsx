import "@patternfly/react-core/dist/styles/base.css";
import "@patternfly/react-styles/css/utilities/Accessibility/accessibility.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/app";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
