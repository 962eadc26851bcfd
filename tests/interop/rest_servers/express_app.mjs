// Contact groups in Express with express-openapi-validator, as its README writes it.
// Argument: the port.
import { fileURLToPath } from 'node:url';
import express from 'express';
import * as OpenApiValidator from 'express-openapi-validator';

const app = express();
app.use(express.json());
app.use(
  OpenApiValidator.middleware({
    apiSpec: fileURLToPath(new URL('contact_groups.openapi.yaml', import.meta.url)),
  }),
);

app.get('/v1/contactGroups', (req, res) => {
  const items = [{ id: 1, name: 'Friends' }];
  res.json({ items, pageNumber: 1, pageSize: 100, pageItemCount: 1 });
});

// the groups 1 and 2 can be renamed; 3 is another's, 4 breaks, and there are no others
app.patch('/v1/contactGroups/:contactGroupId', (req, res, next) => {
  switch (Number(req.params.contactGroupId)) {
    case 1:
      return res.status(204).end();
    case 2:
      return res.json({ id: 2, name: req.body.name });
    case 3:
      return next({ status: 403, message: 'This group is not yours.' });
    case 4:
      throw new Error('It broke.');
    default:
      return next({ status: 404, message: 'There is no such group.' });
  }
});

app.use((err, req, res, next) => {
  res.status(err.status || 500).json({ message: err.message, errors: err.errors });
});

app.listen(Number(process.argv[2]), '127.0.0.1');
