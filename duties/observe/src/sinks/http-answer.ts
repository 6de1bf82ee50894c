// SPDX-License-Identifier: Apache-2.0
import type { Answer } from "@countersign/daemon/client";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";

/** What an answer means for a finding: 2xx took it, and all else did not. */
export function httpAnswer(answer: Outcome<Answer>, url: string): Outcome<undefined> {
  if (!answer.ok) return answer;
  const { status } = answer.value;
  if (status >= 200 && status < 300) return accept(undefined);
  return refuse("http-status", "status 2xx", `${status} from ${url}`, "Look into the receiver's log.");
}
