import type { TypedDocumentString } from "./gql/graphql.js";

/** One thing that went wrong; `code` stays the same from release to release, the message is for people. */
export interface Problem {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string };
}

/** What `ask` throws where the answer has errors. */
export class KbError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.extensions.code}: ${problem.message}`).join("\n"));
    this.name = "KbError";
  }

  /** Whether one of the problems has this code, such as NOT_FOUND. */
  has(code: string): boolean {
    return this.problems.some((problem) => problem.extensions.code === code);
  }
}

/** Variables of an operation; where it takes none, they can be left out. */
type Given<Variables> = Variables extends Record<string, never> ? [] : [variables: Variables];

/** Asks a server. Results and variables have the types that the schema gives the operation. */
export class Client {
  constructor(
    private readonly endpoint: string,
    private readonly token?: string,
  ) {}

  /** The data of an operation; throws KbError where there are errors. */
  async ask<Result, Variables>(operation: TypedDocumentString<Result, Variables>, ...given: Given<Variables>): Promise<Result> {
    const response = await fetch(this.endpoint, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/graphql-response+json",
        ...(this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify({ query: operation.toString(), variables: given[0] }),
    });
    const body = (await response.json()) as { data?: Result | null; errors?: Problem[] };
    if (body.errors !== undefined && body.errors.length > 0) throw new KbError(body.errors);
    if (body.data === undefined || body.data === null) throw new Error(`${response.status} without data`);
    return body.data;
  }
}

/** A page of a connection, as far as turning it needs it. */
export interface Page<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** All rows of a connection, a page at a time; the next page is fetched when the rows of the last one are used up. */
export async function* rows<Row>(turn: (after: string | null) => Promise<Page<Row>>): AsyncGenerator<Row> {
  let after: string | null = null;
  for (;;) {
    const page: Page<Row> = await turn(after);
    yield* page.nodes;
    if (!page.pageInfo.hasNextPage) return;
    after = page.pageInfo.endCursor ?? null;
  }
}

/** What `start` and `end` of the API cut out of a text: they count characters, JavaScript's strings count halves of some. */
export function cut(text: string, start: number, end: number): string {
  return Array.from(text).slice(start, end).join("");
}
