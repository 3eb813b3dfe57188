import example from "./example.graphql?raw";

const files = (found) => Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
const queries = files(import.meta.glob("./questions/*.graphql", { query: "?raw", import: "default", eager: true }));
const variables = files(import.meta.glob("./questions/*.json", { query: "?raw", import: "default", eager: true }));

/** What stands ready for whoever comes for the first time: a tab for each sort of question. */
export const tabs = [{ query: example }, ...queries.map((query, number) => ({ query, variables: variables[number].trim() }))];
