// SPDX-License-Identifier: Apache-2.0
import { kinds } from "./kinds.ts";
import { runObserver } from "./run-observer.ts";

runObserver(kinds);
