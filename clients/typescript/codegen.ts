import type { CodegenConfig } from "@graphql-codegen/cli";

// The schema is the one in the repository, which a test keeps equal to the server's. What comes out is not committed.
const config: CodegenConfig = {
  schema: "../../schema/schema.graphql",
  documents: ["src/operations/*.graphql"],
  emitLegacyCommonJSImports: false,
  generates: {
    "src/gql/": {
      preset: "client",
      // Operations go out as text: a client needs no GraphQL library at run time.
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        enumsAsTypes: true,
        useTypeImports: true,
        defaultScalarType: "unknown",
        scalars: { Date: "string", DateTime: "string" },
      },
    },
  },
};

export default config;
