// SPDX-License-Identifier: Apache-2.0
import { refuse } from "@countersign/trust/refusal";
import type { Read } from "@countersign/trust/workflow/step";
import { type Reader, StoreError } from "./store.ts";

/** A store as verification reads it: what the store cannot give is a refusal; a machine or network that fails still throws. */
export function readFrom(reader: Reader): Read {
  return async (path, maxBytes) => {
    try {
      return { ok: true, value: await reader.read(path, maxBytes) };
    } catch (error) {
      if (error instanceof StoreError)
        return refuse(error.code, `${path}, at most ${maxBytes} bytes`, error.message, "Use another mirror.");
      throw error;
    }
  };
}

/** Whether there is anything under `path`, however long, without reading it: no byte is wanted, so what exists is too long. */
export async function isStored(reader: Reader, path: string): Promise<boolean> {
  try {
    return (await reader.read(path, 0)) !== undefined;
  } catch (error) {
    if (error instanceof StoreError && error.code === "too-long") return true;
    throw error;
  }
}
