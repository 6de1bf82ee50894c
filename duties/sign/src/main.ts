// SPDX-License-Identifier: Apache-2.0
import { signerChecks } from "./checks.ts";
import { runSigner } from "./signer.ts";

runSigner(signerChecks);
