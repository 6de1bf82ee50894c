// SPDX-License-Identifier: Apache-2.0
// Writes docs/govern.openapi.json anew, from the shapes that the routes read.
import { writeFileSync } from "node:fs";
import { openApiOf } from "./openapi.ts";
import { routes } from "./routes.ts";

writeFileSync(new URL("../../../docs/govern.openapi.json", import.meta.url), `${JSON.stringify(openApiOf(routes), null, 2)}\n`);
