/** `npm run licences`: writes LICENSES.md, what npm installs with the package and under which licences. */
import { writeFileSync } from 'node:fs';
import { licencesText } from './licence_list.js';

writeFileSync('LICENSES.md', licencesText());
