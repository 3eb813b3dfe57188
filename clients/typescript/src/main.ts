import { Client, cut, KbError, rows } from "./client.js";
import { EntityPageDocument, EventPageDocument, ReactionsDocument, SearchDocument, TimelineDocument } from "./gql/graphql.js";

/** Prints as JSON what a front end would show of one entity: its page, its timeline, reactions, and where it is spoken of. */
async function main(endpoint: string, id: string, token: string | undefined): Promise<void> {
  const client = new Client(endpoint, token);
  const { entity } = await client.ask(EntityPageDocument, { id, asOf: "2022-02-24" });
  if (entity === null || entity === undefined) throw new Error(`${id} names nothing`);

  const filter = { participant: [entity.id] };
  const { timeline } = await client.ask(TimelineDocument, { filter, interval: "MONTH" });

  // Two at a time, so that pages are turned.
  const turn = async (after: string | null) => (await client.ask(EventPageDocument, { filter, first: 2, after })).events;
  const events = [];
  for await (const event of rows(turn)) events.push(event);

  const reactions = [];
  for (const event of events) {
    const { event: told } = await client.ask(ReactionsDocument, { event: event.id });
    for (const reaction of told?.reactions ?? []) {
      const sentences = reaction.claims.nodes.map((claim) => claim.sentence);
      reactions.push({ to: event.type, type: reaction.type, by: reaction.subjects.map((each) => each.name), sentences });
    }
  }

  const { search } = await client.ask(SearchDocument, { text: entity.name, kind: ["CLAIM"] });
  const hits = search.nodes.map((hit) => ({
    sentence: hit.node.__typename === "Claim" ? hit.node.sentence : null,
    matched: hit.highlights.map(({ start, end }) => cut(hit.snippet, start, end)),
  }));

  const missing = await client.ask(EntityPageDocument, { id: "ent_Q0" }).catch((error: unknown) => error);
  console.log(
    JSON.stringify({
      name: entity.name,
      kind: entity.__typename,
      sources: entity.events.nodes.flatMap((event) => event.claims.nodes.map((claim) => claim.article.source?.name ?? null)),
      timeline: timeline.map((bucket) => [bucket.start, bucket.eventCount]),
      events: events.map((event) => [event.date ?? null, event.type, event.modality]),
      reactions,
      hits,
      missing: missing instanceof KbError && missing.has("NOT_FOUND"),
    }),
  );
}

const [endpoint, id] = process.argv.slice(2);
if (endpoint === undefined || id === undefined) throw new Error("usage: node dist/main.js ENDPOINT ENTITY");
await main(endpoint, id, process.env["KB_TOKEN"]);
