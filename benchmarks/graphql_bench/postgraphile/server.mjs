// PostGraphile as one runs it in production: Node's own HTTP server, a pool of connections, nothing explained or watched, no GraphiQL.
// usage: node server.mjs PORT POSTGRES_URL
import { createServer } from "node:http";

import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

const [port, connectionString] = process.argv.slice(2);

const preset = {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  // Lists beside connections: whoever needs no cursors is not made to pay for them.
  schema: { defaultBehavior: "connection list" },
  pgServices: [makePgService({ connectionString, schemas: ["public"], pubsub: false, poolConfig: { max: 10 } })],
  grafast: { explain: false },
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, websockets: false },
};

const instance = postgraphile(preset);
const server = createServer();
server.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
await instance.createServ(grafserv).addTo(server);
server.listen(Number(port), "127.0.0.1");
