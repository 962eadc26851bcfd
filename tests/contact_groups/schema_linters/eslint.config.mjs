// graphql-eslint's schema-recommended, as it comes.
import graphql from "@graphql-eslint/eslint-plugin";

const { SCHEMA } = process.env;

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: SCHEMA } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: graphql.configs["flat/schema-recommended"].rules,
  },
];
