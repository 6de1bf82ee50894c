// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { accept, type Outcome } from "@countersign/tlog/refusal";
import { isErrno } from "./errno.ts";
import type { Answer } from "./network.ts";
import { statusRefusal } from "./stop.ts";

/** A file of a directory that stands for a server, as on a disk that was carried here: whole, whatever part of it was asked for; 404 where there is none. */
export async function readLocal(url: URL): Promise<Outcome<Answer>> {
  if (url.host !== "") return statusRefusal("a file of this machine", url.href);
  try {
    const file = await open(fileURLToPath(url), constants.O_RDONLY | constants.O_NONBLOCK); // a pipe must not keep the device waiting
    const isFile = (await file.stat()).isFile();
    if (isFile) return accept({ status: 200, headers: {}, body: file.createReadStream() });
    await file.close();
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
  }
  return accept({ status: 404, headers: {}, body: Readable.from([]) });
}
