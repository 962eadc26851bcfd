// Generates what the recipes import, looks at their types, and bundles the program that is given:
//   node build.mjs PROGRAM.ts FOLDER
// makes FOLDER/program.mjs, and FOLDER/trusted.mjs where Relay knows its documents by their ids.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { transformSync } from '@babel/core';
import { build } from 'esbuild';

const [program, folder] = process.argv.slice(2);

const run = (...command) => {
  const { status, stdout, stderr } = spawnSync('npx', command, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')}\n${stdout}\n${stderr}`);
};

const relay = {
  name: 'relay',
  setup: ({ onLoad }) =>
    onLoad({ filter: /relay\.ts$/ }, ({ path }) => ({
      contents: transformSync(readFileSync(path, 'utf8'), {
        filename: path,
        presets: ['@babel/preset-typescript'],
        plugins: [['relay', { eagerEsModules: true, artifactDirectory: './__generated__' }]],
      }).code,
    })),
};

const bundle = (outfile) =>
  build({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    nodePaths: ['node_modules'],
    plugins: [relay],
    // some of the packages are CommonJS
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    define: { 'process.env.NODE_ENV': '"production"', __DEV__: 'false' },
    logLevel: 'error',
  });

const manifest = '__generated__/persisted_queries.json';
mkdirSync('__generated__', { recursive: true });
if (!existsSync(manifest)) writeFileSync(manifest, '{}'); // Relay's compiler adds to it
run('graphql-codegen');
run('relay-compiler', 'relay.trusted.config.json');
await bundle(`${folder}/trusted.mjs`);
run('relay-compiler', 'relay.config.json');
run('tsc', '-p', '.');
await bundle(`${folder}/program.mjs`);
