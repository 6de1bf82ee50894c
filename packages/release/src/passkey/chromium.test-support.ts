// SPDX-License-Identifier: Apache-2.0
// A real browser with an authenticator of its own, over the Chrome DevTools Protocol.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

type Answer = Readonly<Record<string, unknown>>;

/** One tab, and what a person does in it. */
export class Tab {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: { result?: Answer; error?: { message: string } }) => void>();
  #sent = 0;
  #authenticator = "";

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const answer = JSON.parse(String(data));
      this.#waiting.get(answer.id)?.(answer);
    });
  }

  async send(method: string, params: object = {}): Promise<Answer> {
    const id = ++this.#sent;
    const { promise, resolve } = Promise.withResolvers<{ result?: Answer; error?: { message: string } }>();
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await promise;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  /** An authenticator in this tab, like the one of a laptop; its person touches it whenever it asks. */
  async addAuthenticator(change: object = {}): Promise<string> {
    await this.send("WebAuthn.enable");
    const usual = { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true };
    const options = { ...usual, isUserVerified: true, automaticPresenceSimulation: true, ...change };
    this.#authenticator = String((await this.send("WebAuthn.addVirtualAuthenticator", { options }))["authenticatorId"]);
    return this.#authenticator;
  }

  /** What the authenticator is asked to do, by its own part of the protocol. */
  authenticator(method: string, params: object = {}): Promise<Answer> {
    return this.send(`WebAuthn.${method}`, { authenticatorId: this.#authenticator, ...params });
  }

  async open(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
    await this.until("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  /** What an expression comes to, as a person's own doing. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      ...{ expression, userGesture: true, awaitPromise: true, returnByValue: true },
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  }

  click(id: string): Promise<unknown> {
    return this.evaluate(`document.getElementById(${JSON.stringify(id)}).click()`);
  }

  async text(): Promise<string> {
    return String(await this.evaluate("document.body.innerText"));
  }

  async until(expression: string): Promise<void> {
    for (let wait = 0; wait < 600; wait++) {
      if ((await this.evaluate(expression)) === true) return;
      await sleep(50);
    }
    throw new Error(`it never came to ${expression}: ${await this.text()}`);
  }

  async screenshot(file: string, { width = 1100, dark = false }: { readonly width?: number; readonly dark?: boolean } = {}): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await this.send("Emulation.setEmulatedMedia", { features });
    await this.send("Emulation.setDeviceMetricsOverride", { width, height: 1000, deviceScaleFactor: 1, mobile: width < 500 });
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: false });
    await writeFile(file, Buffer.from(String(data), "base64"));
  }
}

/** A browser that nobody used before. */
export class Chromium implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #address: string;

  private constructor(process: ChildProcess, directory: string, address: string) {
    this.#process = process;
    this.#directory = directory;
    this.#address = address;
  }

  static async start(): Promise<Chromium> {
    const directory = await mkdtemp(join(tmpdir(), "chromium-"));
    const flags = [
      "--headless=new",
      "--host-resolver-rules=MAP *.example 127.0.0.1",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--remote-debugging-port=0",
    ];
    const child = spawn("chromium", [...flags, `--user-data-dir=${directory}`, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
    for await (const line of createInterface({ input: child.stderr })) {
      const [, address] = /DevTools listening on ws:\/\/([^/]+)/.exec(line) ?? [];
      if (address === undefined) continue;
      child.stderr.resume();
      return new Chromium(child, directory, address);
    }
    throw new Error("chromium ended");
  }

  async tab(): Promise<Tab> {
    const response = await fetch(`http://${this.#address}/json/new?about:blank`, { method: "PUT" });
    const tab = await attached((await response.json()) as Answer);
    await tab.send("Page.enable");
    return tab;
  }

  /** What is in the one frame of another site that is open. */
  async frame(): Promise<Tab> {
    const targets = (await (await fetch(`http://${this.#address}/json/list`)).json()) as readonly Answer[];
    const frame = targets.find(({ type }) => type === "iframe");
    if (frame === undefined) throw new Error("no frame of another site");
    return attached(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function attached(target: Answer): Promise<Tab> {
  const socket = new WebSocket(String(target["webSocketDebuggerUrl"]));
  await once(socket, "open");
  return new Tab(socket);
}
