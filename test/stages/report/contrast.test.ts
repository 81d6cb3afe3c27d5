import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** WCAG 2.2, 1.4.3: text of normal size. */
const leastContrast = 4.5;

const css = readFileSync(new URL('../../../stages/report/page/page.css', import.meta.url), 'utf8');

/** The colours of the two `:root` blocks: the first is light, the one in the media query dark. */
const themes = [...css.matchAll(/:root \{([^}]*)\}/g)]
  .slice(0, 2)
  .map(
    ([, block]) =>
      new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour])),
  );

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const grounds: Readonly<Record<string, readonly string[]>> = {
  ink: ['ground', 'panel', 'over', 'under', 'attention', 'feed-forward', 'rest'],
  muted: ['ground', 'panel'],
  ours: ['ground', 'panel'],
  paper: ['ground', 'panel'],
};

test('text can be read in both themes', () => {
  assert.is(themes.length, 2);
  themes.forEach((theme, i) => {
    for (const [text, under] of Object.entries(grounds)) {
      for (const ground of under) {
        const found = contrast(theme.get(text)!, theme.get(ground)!);
        assert.ok(found >= leastContrast, `${['light', 'dark'][i]}: ${text} on ${ground} ${found.toFixed(2)}`);
      }
    }
  });
});

test.run();
