import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["documents.ts"],
  generates: {
    "./generated/": {
      preset: "client",
      // caches want to know the type of everything
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: { useTypeImports: true },
      presetConfig: {
        fragmentMasking: false,
        // generated/persisted-documents.json is what TRUSTED_DOCUMENTS names
        persistedDocuments: { hashAlgorithm: "sha256" },
      },
    },
    // which types a MutationError can be: caches have to know
    "./generated/possible-types.ts": { plugins: ["fragment-matcher"] },
  },
};

export default config;
