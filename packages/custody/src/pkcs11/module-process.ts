// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, refuse } from "../outcome.ts";
import type { ModuleAnswer, ModuleRequest, OpenedKey } from "./messages.ts";

/** How long a module may take. A TPM makes a key in seconds, and somebody may have to touch a token. */
export const ANSWER_MILLISECONDS = 30_000;
const KEPT_STDERR = 2000;

/** A PKCS#11 module in a process of its own, which ends with this one. It does not keep this one running. */
export class ModuleProcess {
  readonly #child: ChildProcess;
  readonly #milliseconds: number;
  #said = "";
  #last: Promise<unknown> = Promise.resolve();

  constructor(milliseconds: number = ANSWER_MILLISECONDS) {
    this.#milliseconds = milliseconds;
    const main = fileURLToPath(new URL(`./main${extname(import.meta.filename)}`, import.meta.url));
    this.#child = fork(main, { stdio: ["ignore", "ignore", "pipe", "ipc"], serialization: "advanced" });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-KEPT_STDERR);
    });
    this.#child.on("error", () => undefined); // who asks hears of it, as of every other end
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#child.stderr as { unref?: () => void } | null)?.unref?.();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** False once it was ended or has ended by itself. */
  get alive(): boolean {
    return this.#child.connected;
  }

  open(request: Exclude<ModuleRequest, { of: "sign" }>): Promise<Outcome<OpenedKey>> {
    return this.#ask(request) as Promise<Outcome<OpenedKey>>;
  }

  sign(input: Uint8Array): Promise<Outcome<Uint8Array>> {
    return this.#ask({ of: "sign", input }) as Promise<Outcome<Uint8Array>>;
  }

  end(): void {
    this.#child.kill("SIGKILL");
    if (this.#child.connected) this.#child.disconnect();
  }

  /** One at a time: a token has one session here, and answers carry no number. */
  #ask(request: ModuleRequest): Promise<ModuleAnswer> {
    const answer = this.#last.then(() => this.#exchange(request));
    this.#last = answer;
    return answer;
  }

  #exchange(request: ModuleRequest): Promise<ModuleAnswer> {
    const child = this.#child;
    const { promise, resolve } = Promise.withResolvers<ModuleAnswer>();
    if (!child.connected) return Promise.resolve(this.#gone());
    const ended = (): void => resolve(this.#gone());
    const late = setTimeout(() => {
      this.end();
      const remedy = "Look at the token and its service; the module's process was ended, and the next use starts another.";
      resolve(refuse("module-timeout", `an answer within ${this.#milliseconds} ms`, "none", remedy));
    }, this.#milliseconds);
    child.once("message", resolve as (message: unknown) => void);
    child.once("exit", ended);
    child.channel?.ref();
    child.send(request, (error) => error !== null && ended()); // it may have ended just now
    return promise.finally(() => {
      clearTimeout(late);
      child.off("message", resolve as (message: unknown) => void);
      child.off("exit", ended);
      child.channel?.unref();
    });
  }

  #gone(): Outcome<never> {
    const found = this.#said.trim().split("\n").slice(-3).join(" ") || `ended with ${this.#child.exitCode ?? this.#child.signalCode}`;
    return refuse("module-gone", "the module's process", found, "Look at the module; the next use starts another process.");
  }
}
