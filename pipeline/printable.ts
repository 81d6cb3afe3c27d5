/**
 * Text from anybody as a terminal may show it: colours stay, all else that would move the cursor, ring, retitle or turn
 * the reading direction around is shown as �. A model's name in a stranger's file is such a text.
 */
const colour = String.raw`\u001b\[[\d;]*m`;
const controls = String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]`;
const unprintable = new RegExp(`${colour}|${controls}`, 'g');

export const printable = (text: string): string =>
  text.replace(unprintable, (found) => (found.length > 1 ? found : '\ufffd'));
