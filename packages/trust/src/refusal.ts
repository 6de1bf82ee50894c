// SPDX-License-Identifier: Apache-2.0
// The refusal is one shape in the whole product; it is declared in tlog because tlog is the bottom of the import law.
export { accept, type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";
