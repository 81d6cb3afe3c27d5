/** The packages that npm installs with this one, by the lockfile, and where the text of each licence lies. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that ask for no more than that they be named: what is not among them is thought about before it is used. */
const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];

export interface Package {
  /** `d3-array`; a second version's is `cliui/node_modules/string-width`. */
  readonly path: string;
  readonly version: string;
  readonly licence: string;
  /** Installed where its platform is asked for. */
  readonly optional: boolean;
}

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { version?: string; license?: string; dev?: boolean; optional?: boolean }>
  >;
}

/** All but what only developers need, in alphabetical order. */
export function packages(): Package[] {
  const { packages: all } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
  return Object.entries(all)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version = '', license = 'unknown', optional = false }]) => {
      return { path: path.replace(/^node_modules\//, ''), version, licence: license, optional };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

export const isPermissive = ({ licence }: Package): boolean =>
  licence.split(' AND ').every((one) => permissive.includes(one));

/** The file with the licence's text; a package of another platform has the same as its brothers. */
function textOf({ path, optional }: Package): string {
  if (optional) return 'of one platform';
  const folder = join('node_modules', path);
  const file = existsSync(folder) && readdirSync(folder).sort().find((name) => /^(?:licen[cs]e|copying)/i.test(name)); // prettier-ignore
  return file ? `\`${join(path, file)}\`` : `named in \`${join(path, 'package.json')}\``;
}

export function licencesText(): string {
  const all = packages();
  const names = [...new Set(all.map(({ licence }) => licence))].sort();
  const counts = names.map((name) => `${name} (${all.filter(({ licence }) => licence === name).length})`);
  const others = all.filter((one) => !isPermissive(one)).map(({ path, licence }) => `${path} (${licence})`);
  return `# Licences of dependencies

Written by \`npm run licences\` from the lockfile: the ${all.length} packages that npm installs with irene-energy, which is itself
under [Apache-2.0](LICENSE). None is part of the tarball, and none of it was changed. The texts are below \`node_modules/\`.

${counts.join(', ')}. ${others.length === 0 ? 'All are permissive.' : `NOT PERMISSIVE: ${others.join(', ')}.`}

What [native/torch](native/torch/README.md) needs of Python is installed by its user, under licences of its own.

| package | version | licence | text |
|---|---|---|---|
${all.map((one) => `| ${one.path} | ${one.version} | ${one.licence} | ${textOf(one)} |`).join('\n')}
`;
}
