// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { withApprover } from "../approver-key.ts";
import { withProject } from "../site.ts";
import { renew, retire, suspend } from "./identity-change.ts";
import { explain } from "./identity-explain.ts";
import { leaver, link, offboard, transfer } from "./identity-hands.ts";
import { register } from "./identity-register.ts";
import { list, show } from "./identity-show.ts";

export function identity(program: Command): void {
  const noun = program
    .command("identity")
    .description("what acts and is no person: whose token or certificate speaks for it, and who answers for it");
  register(withApprover(withProject(noun.command("register"))));
  list(withProject(noun.command("list")));
  show(withProject(noun.command("show")));
  suspend(withApprover(withProject(noun.command("suspend"))));
  renew(withApprover(withProject(noun.command("renew"))));
  retire(withApprover(withProject(noun.command("retire"))));
  explain(noun.command("explain"));
  transfer(withApprover(withProject(noun.command("transfer"))));
  link(withApprover(withProject(noun.command("link"))));
  offboard(withApprover(withProject(noun.command("offboard"))));
  leaver(withProject(noun.command("leaver")));
}
