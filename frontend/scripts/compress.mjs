// Compresses the built files once, as well as it goes, so that the server only has to choose.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";

const folder = new URL("../dist/", import.meta.url);
const worth = /\.(css|html|js|json|svg|txt|wasm)$/;
for (const entry of await readdir(folder, { recursive: true })) {
    if (!worth.test(entry)) continue;
    const bytes = await readFile(new URL(entry, folder));
    await writeFile(new URL(`${entry}.br`, folder), await promisify(brotliCompress)(bytes));
    await writeFile(new URL(`${entry}.gz`, folder), await promisify(gzip)(bytes, { level: 9 }));
}
