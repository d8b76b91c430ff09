/**
 * Adds what `npm install` leaves out of package-lock.json where the registry at hand lacks prebuilt packages of
 * other platforms: without their entries `npm ci` refuses the file, and on those platforms installs too little.
 * Run it after `npm install NAME`.
 */
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const file = path.join(__dirname, '..', 'package-lock.json');
const lock = JSON.parse(fs.readFileSync(file, 'utf8'));
const added = {};

for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  if (parent === '') continue;
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const key = `node_modules/${name}`;
    const isExact = /^\d+\.\d+\.\d+/.test(version);
    if (lock.packages[key] || lock.packages[`${parent}/${key}`] || !isExact) continue;
    const os = /darwin|win32|linux|freebsd|android|openbsd|netbsd|sunos|aix|openharmony/.exec(
      name,
    )?.[0];
    const cpu = /arm64|x64|ia32|s390x|ppc64|riscv64|loong64|mips64el|wasm32|arm(?!64)/.exec(
      name,
    )?.[0];
    added[key] = {
      version,
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(dev ? { dev } : {}),
      optional: true,
      ...(os ? { os: [os] } : {}),
      ...(os === 'linux' ? { libc: [name.includes('musl') ? 'musl' : 'glibc'] } : {}),
    };
  }
}

const packages = Object.entries({ ...lock.packages, ...added });
packages.sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(packages);
fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`added ${Object.keys(added).length} entries`);
