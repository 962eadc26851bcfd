// What each client comes to against gateways that run. Argument: the client. In CASES: where they
// are, and whose tokens. It prints one JSON object: the name of a case → what it came to.
import { createApp, type App } from 'vue';
import * as apollo from '../../examples/clients/apollo';
import type { Caller, Refusal } from '../../examples/clients/caller';
import { type RenameResult, sentence } from '../../examples/clients/failures';
import * as request from '../../examples/clients/graphql-request';
import * as relay from '../../examples/clients/relay';
import { renameWithRetries } from '../../examples/clients/retry';
import * as urql from '../../examples/clients/urql';
import * as vue from '../../examples/clients/vue';
import vuePlugin from '@urql/vue';

interface Session {
  list(): Promise<string[]>;
  rename(id: string, name: string): Promise<RenameResult>;
  /** The same session, or another, for another customer. */
  another(): Promise<Session>;
}

interface Client {
  open(caller: Caller, options: { trusted: boolean }): Session;
  refusalOf(error: unknown): Refusal | undefined;
}

const inVue = (app: App) => {
  const groups = () => app.runWithContext(vue.useGroups);
  return {
    async list() {
      const found = await groups();
      if (found.error.value) throw found.error.value;
      return found.data.value!.contactGroups.items.map(({ name }) => name);
    },
    rename: (id: string, name: string) => groups().rename(id, name),
  };
};

const CLIENTS: Record<string, Client> = {
  apollo: {
    open: (caller, options) => {
      const client = apollo.createApolloClient(caller, options);
      const session: Session = {
        list: () => apollo.listGroups(client),
        rename: (id, name) => apollo.renameGroup(client, id, name),
        another: async () => {
          await apollo.forgetCustomer(client);
          return session;
        },
      };
      return session;
    },
    refusalOf: apollo.refusalOf,
  },
  urql: {
    open: (caller, options) => {
      const client = urql.createUrqlClient(caller, options);
      return {
        list: () => urql.listGroups(client),
        rename: (id, name) => urql.renameGroup(client, id, name),
        another: async () => CLIENTS.urql!.open(caller, options),
      };
    },
    refusalOf: urql.refusalOf,
  },
  'graphql-request': {
    open: (caller, options) => {
      const client = request.createRequestClient(caller, options);
      const session: Session = {
        list: () => request.listGroups(client),
        rename: (id, name) => request.renameGroup(client, id, name),
        another: async () => session,
      };
      return session;
    },
    refusalOf: request.refusalOf,
  },
  relay: {
    open: (caller, options) => {
      const environment = relay.createRelayEnvironment(caller);
      return {
        list: () => relay.listGroups(environment, { cached: true }),
        rename: (id, name) => relay.renameGroup(environment, id, name) as Promise<RenameResult>,
        another: async () => CLIENTS.relay!.open(caller, options),
      };
    },
    refusalOf: relay.refusalOf,
  },
  vue: {
    open: (caller, options) => {
      const app = createApp({ render: () => null });
      app.use(vuePlugin, vue.createVueClient(caller));
      return { ...inVue(app), another: async () => CLIENTS.vue!.open(caller, options) };
    },
    refusalOf: vue.refusalOf,
  },
};

const { url, limitedUrl, enforcingUrl, tokens, scenarios, only } = JSON.parse(process.env.CASES!);
const client = CLIENTS[process.argv[2]!]!;
const methods: string[] = [];
const send = globalThis.fetch;
globalThis.fetch = (input, init) => {
  methods.push(init?.method ?? 'GET');
  return send(input, init);
};

let customer = '5690';
const open = (at: string, { token = '', trusted = false } = {}) =>
  client.open(
    { url: `${at}/graphql`, token: () => token || tokens[customer], customer: () => customer },
    { trusted },
  );
const refusal = async (attempt: () => Promise<unknown>): Promise<unknown> => {
  try {
    return { answered: await attempt() };
  } catch (error) {
    return client.refusalOf(error) ?? { unknown: String(error) };
  }
};

const CASES: Record<string, () => Promise<unknown>> = {
  async query() {
    methods.length = 0;
    const groups = await open(url).list();
    return { first: groups[0], count: groups.length, methods: [...methods] };
  },
  async mutation() {
    const session = open(url);
    const found: Record<string, unknown> = {};
    for (const id of scenarios) {
      const result = await session.rename(id, `Renamed ${id}`);
      found[id] = { member: result.__typename, outcome: result.outcome, sentence: sentence(result) };
    }
    return found;
  },
  async cache() {
    const session = open(url);
    const before = await session.list();
    await session.rename('5514124', 'A new name');
    methods.length = 0;
    const after = await session.list();
    const asked = [...methods];
    await session.rename('5514124', 'Suppliers');
    return { before: before.includes('A new name'), after: after.includes('A new name'), asked };
  },
  async customer() {
    const session = open(url);
    const ours = await session.list();
    customer = '7310';
    const theirs = await (await session.another()).list();
    customer = '5690';
    return { ours: ours.includes('Suppliers'), theirs: theirs.includes('Suppliers') };
  },
  unauthenticated: () => refusal(() => open(url, { token: 'wrong' }).list()),
  unprocessable: () => refusal(() => open(url).rename(null as unknown as string, 'New')),
  async limited() {
    await refusal(() => open(limitedUrl).list());
    return refusal(() => open(limitedUrl).list());
  },
  async trusted() {
    const session = open(enforcingUrl, { trusted: true });
    const count = (await session.list()).length;
    return { count, member: (await session.rename('422', 'New')).__typename };
  },
  async retries() {
    const waited: number[] = [];
    const session = open(url);
    const sleep = async (seconds: number) => void waited.push(seconds);
    const result = await renameWithRetries(() => session.rename('429', 'New'), { sleep });
    return { waited, member: result.__typename };
  },
};

const found: Record<string, unknown> = {};
for (const [name, run] of Object.entries(CASES)) {
  if (only && !only.includes(name)) continue;
  try {
    found[name] = await run();
  } catch (error) {
    found[name] = { failed: String(error) };
  }
}
console.log(JSON.stringify(found));
process.exit(0);
