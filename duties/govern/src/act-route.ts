// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "@countersign/trust/refusal";
import type { HonoRequest } from "hono";
import type { z } from "zod";
import { answer, readBody } from "./answer.ts";
import { evidence } from "./evidence.ts";
import type { Govern } from "./govern.ts";
import { type Heard, hear } from "./personal-act.ts";

/** A route that takes one signed act of a person: `act`, with a body of this shape. */
export interface ActRoute<B> {
  readonly act: string;
  readonly shape: z.ZodType<B>;
  readonly work: (heard: Heard<B>) => Promise<Outcome<unknown>>;
  readonly status?: 200 | 201;
}

/** Hears the person out, and answers what comes of it. */
export async function answerAct<B>(
  govern: Govern,
  request: HonoRequest,
  { act, shape, work, status = 200 }: ActRoute<B>,
): Promise<Response> {
  const document = await readBody(request, evidence);
  if (!document.ok) return answer(document);
  const heard = await hear(govern, document.value, act, shape);
  return answer(heard.ok ? await work(heard.value) : heard, status);
}
