// Opens a key file as the page does: `node open_file.mjs MODULES FILE PASSWORD` prints what it found, or the error's name.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, file, password] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${modules}/${name}.js`));
const { openFile } = await load("pkcs12");
const { belongTogether, readCertificate } = await load("x509");
try {
  const { pkcs8, certificates, name } = await openFile(new Uint8Array(readFileSync(file)), password);
  const read = certificates.map(readCertificate);
  const matches = await Promise.all(read.map(({ spki }) => belongTogether(pkcs8, spki)));
  console.log(JSON.stringify({ name, own: read[matches.indexOf(true)]?.name ?? null, count: read.length }));
} catch (error) {
  console.log(JSON.stringify({ error: error.constructor.name }));
}
