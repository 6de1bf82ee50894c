// SPDX-License-Identifier: Apache-2.0
import { Worker } from "node:worker_threads";
import type { Finding } from "./campaign.ts";
import { Logbook, type TargetRecord } from "./logbook.ts";
import type { Orders } from "./worker.ts";

export interface Run {
  /** Draws everything; the same seed on the same code draws the same inputs. */
  readonly seed: number;
  readonly workers: number;
  /** Milliseconds, at most. */
  readonly time: number;
  /** Executions, at most, give or take a turn. */
  readonly executions: number;
  readonly targets: readonly string[];
  readonly onProgress: (records: ReadonlyMap<string, TargetRecord>) => void;
  readonly onFinding: (finding: Finding) => void;
}

const tickMilliseconds = 200;

/** An input that is at work for this long has hung. */
const hangMilliseconds = 20_000;

/** Runs workers until time or executions are used up, watches that each goes on, and answers what every target went through. */
export async function supervise(run: Run): Promise<ReadonlyMap<string, TargetRecord>> {
  const crews = Array.from({ length: run.workers }, (_, stream) => new Crew(run, stream));
  const end = performance.now() + run.time;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, tickMilliseconds));
    const records = total(run.targets, crews);
    run.onProgress(records);
    const executions = [...records.values()].reduce((sum, record) => sum + record.executions, 0);
    for (const crew of crews) crew.watch();
    if (performance.now() >= end || executions >= run.executions) break;
  }
  await Promise.all(crews.map((crew) => crew.end()));
  return total(run.targets, crews);
}

/** One worker with its logbook; when it hangs or dies, that is a finding, and another one takes its place. */
class Crew {
  readonly #run: Run;
  #stream: number;
  #logbook: Logbook;
  #worker: Worker;
  #ended: Promise<unknown>;
  #pulse = 0;
  #alive = performance.now();
  readonly #past: Logbook[] = [];

  constructor(run: Run, stream: number) {
    this.#run = run;
    this.#stream = stream;
    this.#logbook = new Logbook();
    [this.#worker, this.#ended] = this.#start();
  }

  /** Of this worker and of those whose place it took. */
  get logbooks(): readonly Logbook[] {
    return [...this.#past, this.#logbook];
  }

  watch(): void {
    const { pulse } = this.#logbook;
    if (pulse !== this.#pulse) {
      this.#pulse = pulse;
      this.#alive = performance.now();
    } else if (pulse > 0 && performance.now() - this.#alive > hangMilliseconds) this.#replace(`hung for ${hangMilliseconds} ms`);
  }

  async end(): Promise<void> {
    this.#logbook.stop();
    await Promise.race([this.#ended, new Promise((resolve) => setTimeout(resolve, hangMilliseconds, "late").unref())]);
    await this.#worker.terminate();
  }

  #start(): [Worker, Promise<unknown>] {
    const { seed, targets, onFinding } = this.#run;
    const orders: Orders = { seed, stream: this.#stream, targets, memory: this.#logbook.memory };
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: orders,
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    worker.on("message", onFinding);
    worker.on("error", (error) => {
      if (this.#logbook.pulse === 0) throw error; // before the first input, it is the fuzzer that is broken
      this.#replace(`ended its thread: ${error instanceof Error ? error.message : error}`);
    });
    return [worker, new Promise((resolve) => worker.once("exit", resolve))];
  }

  #replace(what: string): void {
    const { target, input } = this.#logbook.current;
    this.#run.onFinding({ target: this.#run.targets[target] ?? "", what, input });
    void this.#worker.terminate();
    this.#past.push(this.#logbook);
    this.#logbook = new Logbook();
    this.#stream += this.#run.workers;
    this.#pulse = 0;
    this.#alive = performance.now();
    [this.#worker, this.#ended] = this.#start();
  }
}

function total(targets: readonly string[], crews: readonly Crew[]): ReadonlyMap<string, TargetRecord> {
  const sum = (index: number): TargetRecord => {
    const records = crews.flatMap((crew) => crew.logbooks.map((logbook) => logbook.record(index)));
    return {
      executions: records.reduce((all, { executions }) => all + executions, 0),
      answers: Math.max(...records.map(({ answers }) => answers)),
      accepted: records.reduce((all, { accepted }) => all + accepted, 0),
    };
  };
  return new Map(targets.map((name, index) => [name, sum(index)]));
}
