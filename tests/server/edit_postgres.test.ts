// Every scenario of edit.test.ts once more, with the library in PostgreSQL.
process.env['EDIT_ON'] = 'postgres';
await import('./edit.test.ts');
