// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { RouteDescription } from "./shapes.ts";

/** OpenAPI 3.1, as far as it is written here. */
export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const refusal = z.strictObject({
  refusal: z.strictObject({ code: z.string(), expected: z.string(), found: z.string(), remedy: z.string() }),
});

/** The document that a person signs to do `act`, with what its body holds. See docs/personal-act.md. */
export function actDocument(act: string, body: z.ZodType): z.ZodType {
  const signature = z.strictObject({ keyid: z.string(), sig: z.string().regex(/^([0-9a-f]{2})+$/) });
  const signed = z.strictObject({
    _type: z.literal("act"),
    spec: z.literal("countersign/1"),
    act: z.literal(act),
    subject: z.string().min(1).max(256),
    body,
    time: z.iso.datetime({ precision: 0 }),
    nonce: z.string().regex(/^[0-9a-f]{32}$/),
  });
  return z.strictObject({ signatures: z.array(signature).min(1).max(1), signed });
}

/** What a route reads, whole: the body of its description, in the document that a person signs where it is an act. */
export function bodyShape({ act, body }: RouteDescription): z.ZodType | undefined {
  return act === undefined || body === undefined ? body : actDocument(act, body);
}

/** Describes routes in OpenAPI, from the shapes that their handlers read. */
export function openApiOf(routes: readonly RouteDescription[]): OpenApi {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Countersign govern",
      version: "0.1.0",
      description: "Identities, windows, grants, proposals, approvals and acts. What is signed is described in docs/.",
    },
    paths,
    components: { schemas: { Refusal: schemaOf(refusal) } },
  };
}

function operation(route: RouteDescription): object {
  const { path, summary, act, query = [], form = [] } = route;
  const shape = bodyShape(route);
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => parameter(name ?? "", "path"));
  const asked = query.map((name) => parameter(name, "query"));
  const fields = { type: "object", properties: Object.fromEntries(form.map((name) => [name, { type: "string" }])) };
  return {
    summary,
    ...(act !== undefined && { description: `A person signs the act ${act}.` }),
    ...(named.length + asked.length > 0 && { parameters: [...named, ...asked] }),
    ...(shape !== undefined && { requestBody: { required: true, content: { "application/json": { schema: schemaOf(shape) } } } }),
    ...(form.length > 0 && { requestBody: { required: true, content: { "application/x-www-form-urlencoded": { schema: fields } } } }),
    responses: {
      "2XX": { description: "the answer", content: { "application/json": {} } },
      "4XX": { description: "a refusal", content: { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } } },
    },
  };
}

function parameter(name: string, where: "path" | "query"): object {
  return { name, in: where, required: where === "path", schema: { type: "string" } };
}

function schemaOf(shape: z.ZodType): unknown {
  const { $schema, ...schema } = z.toJSONSchema(shape, { unrepresentable: "any", io: "input" });
  return schema;
}
