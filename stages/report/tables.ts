/** What `report` writes besides its files: each table and figure as it stands on the page, so that the page builds none anew. */
import { string, table } from '../../pipeline/table.js';

export const sections = table(
  'sections',
  'one table or figure as it stands on the page',
  { output: string('its id'), html: string('title, caption, picture, table and footnotes') },
  ['output'],
);
