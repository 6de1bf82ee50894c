// SPDX-License-Identifier: Apache-2.0
// The thread that a module runs on. Its calls block, and a module that hangs in one blocks nothing but this.
import { randomBytes } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { accept, type Outcome, refuse } from "../outcome.ts";
import { readPrivate } from "../private-file.ts";
import { type Cryptoki, loadCryptoki } from "./cryptoki.ts";
import { curves } from "./curve.ts";
import type { ModuleAnswer, ModuleRequest, OpenedKey, TokenPlace } from "./messages.ts";
import { findKey, logIn, makeKey, messageOf, type TokenKey } from "./token.ts";

let key: TokenKey | undefined;

parentPort?.on("message", async (request: ModuleRequest) => {
  parentPort?.postMessage(await answer(request));
});

async function answer(request: ModuleRequest): Promise<ModuleAnswer> {
  try {
    if (request.of !== "sign") return await open(request.place, request.of === "create" ? request.algorithm : undefined);
    if (key === undefined) throw new Error("nothing is open yet");
    return accept(new Uint8Array(key.sign(Buffer.from(request.input))));
  } catch (cause) {
    return refuse("module-failed", "an answer of the module", messageOf(cause), "Look at the token, then start this process again.");
  }
}

async function open(place: TokenPlace, algorithm: string | undefined): Promise<Outcome<OpenedKey>> {
  const cryptoki = loadCryptoki();
  if (!cryptoki.ok) return cryptoki;
  const pin = await readPrivate(place.pinFile);
  if (!pin.ok) return pin;
  const token = logIn(cryptoki.value, place.module, place.token, pin.value.replace(/\r?\n$/, ""), algorithm !== undefined);
  if (!token.ok) return token;
  if (algorithm !== undefined) {
    const made = make(cryptoki.value, token.value, place.label, algorithm);
    if (!made.ok) return made;
  }
  const found = findKey(cryptoki.value, token.value, place.label);
  if (!found.ok) return found;
  key = found.value;
  const { label, manufacturerID, model, serialNumber } = key.token;
  const said = { label: label.trim(), manufacturer: manufacturerID.trim(), model: model.trim(), serial: serialNumber.trim() };
  return accept({ spki: new Uint8Array(key.spki), token: said, attributes: key.attributes });
}

function make(cryptoki: Cryptoki, token: Parameters<typeof makeKey>[1], label: string, algorithm: string): Outcome<void> {
  const curve = curves.find((each) => each.algorithm === algorithm);
  const known = curves.map((each) => each.algorithm).join(" or ");
  return curve === undefined
    ? refuse("token-cannot", known, algorithm, `Choose one of them: --algorithm ${curves[0]?.algorithm}`)
    : makeKey(cryptoki, token, label, curve, randomBytes(16));
}
