// SPDX-License-Identifier: Apache-2.0
import { readEvent, type SigningEvent } from "@countersign/repository/ceremony/signing-event";
import { readMessage } from "@countersign/repository/edit/message";
import type { Envelope } from "@countersign/trust/envelope";
import type { Outcome } from "@countersign/trust/refusal";
import { readOption } from "./read-option.ts";

/** The event in a file. Nothing in it is believed yet. */
export async function readEventFile(file: string): Promise<Outcome<SigningEvent>> {
  const bytes = await readOption("key ceremony", file);
  return bytes.ok ? readEvent(bytes.value) : bytes;
}

/** A signed metadata file that an option names; nothing of it is verified. */
export async function readSignedFile(option: string, file: string): Promise<Outcome<Envelope<unknown>>> {
  const bytes = await readOption(option, file);
  return bytes.ok ? readMessage(bytes.value, file) : bytes;
}
