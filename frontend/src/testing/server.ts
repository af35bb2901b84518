/** A server that answers what a test says, in shapes that the specification allows. */
import { setupServer } from "msw/node";
import { createOpenApiHttp } from "openapi-msw";

import type { paths } from "@/api/schema";

export const http = createOpenApiHttp<paths>({ baseUrl: "http://localhost/api" });

export const server = setupServer();
