import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import "./page.css";
import { tabs } from "./tabs.js";

/** Sends one operation to the server this page came from; what comes back is shown as it is, errors included. */
async function ask({ query, variables, operationName }) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ query, variables, operationName }),
  });
  return response.json();
}

createRoot(document.getElementById("graphiql")).render(<GraphiQL fetcher={ask} defaultTabs={tabs} defaultQuery="" defaultEditorToolsVisibility="variables" shouldPersistHeaders={false} />);
