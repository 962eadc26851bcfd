import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["documents.ts"],
  generates: {
    "./generated/": {
      preset: "client",
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: { useTypeImports: true },
      presetConfig: { fragmentMasking: false },
    },
  },
};

export default config;
