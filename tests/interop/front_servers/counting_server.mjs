// A REST API on Node's http that answers 204 to everything, and writes down method and path.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    process.stdout.write(`${request.method} ${request.url}\n`);
    response.writeHead(204).end();
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
// as Node's documentation has it: those that are busy are closed as soon as they are idle
process.on("SIGTERM", () => {
  server.close();
  setInterval(() => server.closeIdleConnections(), 5).unref();
});
