import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../pipeline/paths.js';
import { needs } from '../needs.js';
import { publish } from '../stages/report/build.js';
import { fixture } from '../stages/report/fixture.js';

const chromium = needs('chromium');
const artifacts = join(packageRoot, 'artifacts');

const viewports = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
};

interface World {
  folder: string;
  browser: Browser;
  url: string;
}

if (chromium) {
  const test = suite<World>('report in chromium');

  test.before(async (world) => {
    const { chromium: engine } = await import('playwright-core');
    world.folder = mkdtempSync(join(tmpdir(), 'irene-page-'));
    const page = await publish('page', {
      tables: fixture({ layers: 12, rename: { distilgpt2: '<b>odd & "name"</b>' } }),
    });
    writeFileSync(join(world.folder, 'index.html'), page.get('index.html')!);
    world.url = pathToFileURL(join(world.folder, 'index.html')).href;
    world.browser = await engine.launch({ executablePath: chromium, args: ['--no-sandbox'] });
    mkdirSync(artifacts, { recursive: true });
  });

  test.after(async ({ browser, folder }) => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens the page; whatever it complains of or asks for beyond itself is collected. */
  async function open(
    { browser, url }: World,
    options: { size: keyof typeof viewports; colorScheme: 'light' | 'dark' },
  ): Promise<{ page: Page; troubles: string[] }> {
    const page = await browser.newPage({ viewport: viewports[options.size], colorScheme: options.colorScheme });
    const troubles: string[] = [];
    page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:')) troubles.push(`request ${request.url()}`);
    });
    await page.goto(url);
    return { page, troubles };
  }

  const focusedLabel = (page: Page) =>
    page.evaluate('document.activeElement.getAttribute("aria-label")') as Promise<string>;
  const visible = (page: Page) => page.locator('#icicle [role=treeitem]:not([hidden])').count();

  for (const size of ['desktop', 'phone'] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`opens from disk without a complaint or a request: ${size}, ${colorScheme}`, async (world) => {
        const { page, troubles } = await open(world, { size, colorScheme });
        assert.ok((await page.title()).startsWith('IrEne on PC1'));
        assert.is((await page.locator('table').count()) > 16, true);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
        assert.is(overflow, 0, 'the page itself does not scroll sideways');
        await page.screenshot({ path: join(artifacts, `report-${size}-${colorScheme}.png`), fullPage: true });
        assert.equal(troubles, []);
        await page.close();
      });
    }
  }

  test('the tree is clicked: in, and out again', async (world) => {
    const { page, troubles } = await open(world, { size: 'desktop', colorScheme: 'light' });
    const whole = await visible(page);
    assert.is(whole, 214);
    await page.locator('#icicle [role=treeitem]', { hasText: 'BertLayer 3' }).click();
    assert.is(await visible(page), 17);
    assert.match(await page.locator('#icicle-detail').innerText(), 'encoder.3');
    await page.locator('#tree').screenshot({ path: join(artifacts, 'report-tree-zoomed.png') });
    await page.locator('#icicle [role=treeitem]', { hasText: 'BertLayer 3' }).click();
    await page.locator('#icicle-out').click();
    assert.is(await visible(page), whole);
    assert.equal(troubles, []);
    await page.close();
  });

  test('the tree is walked by keyboard alone', async (world) => {
    const { page, troubles } = await open(world, { size: 'desktop', colorScheme: 'light' });
    await page.locator('#icicle-model').focus();
    await page.keyboard.press('Tab');
    assert.match(await focusedLabel(page), /^BertModel: replayed/, 'one stop in the order of tabs');
    await page.keyboard.press('ArrowRight');
    assert.match(await focusedLabel(page), /^BertEmbeddings/);
    await page.keyboard.press('ArrowDown');
    assert.match(await focusedLabel(page), /^BertEncoder/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    assert.match(await focusedLabel(page), /^BertLayer 1/);
    await page.keyboard.press('ArrowUp');
    assert.match(await focusedLabel(page), /^BertLayer 0/);
    await page.keyboard.press('Enter');
    assert.is(await visible(page), 17);
    assert.match(await focusedLabel(page), /^BertLayer 0/);
    await page.keyboard.press('ArrowLeft');
    assert.match(await focusedLabel(page), /^BertLayer 0/, 'not beyond what is zoomed');
    await page.keyboard.press('Escape');
    assert.match(await focusedLabel(page), /^BertEncoder/);
    await page.keyboard.press('Home');
    assert.is(await visible(page), 214);
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    assert.is(outline, 'solid', 'focus is visible');
    assert.equal(troubles, []);
    await page.close();
  });

  test('each node shows its own and its predicted joules, share and α', async (world) => {
    const { page } = await open(world, { size: 'desktop', colorScheme: 'light' });
    const detail = await page.locator('#icicle-detail').innerText();
    for (const name of [
      'Replayed',
      'Predicted',
      'Difference',
      'Share, replayed',
      'Share, predicted',
      'α',
      'Children',
    ]) {
      assert.match(detail, name);
    }
    assert.not.match(detail, 'NaN');
    await page.close();
  });

  test('every model’s tree can be chosen, and an odd name stays text', async (world) => {
    const { page, troubles } = await open(world, { size: 'desktop', colorScheme: 'dark' });
    const names = await page.locator('#icicle-model option').allInnerTexts();
    assert.is(names.length, 6);
    assert.ok(names.includes('<b>odd & "name"</b>'));
    await page.locator('#icicle-model').selectOption({ label: 'GPT2' });
    assert.is(await visible(page), 147);
    await page.locator('#icicle-model').selectOption({ label: '<b>odd & "name"</b>' });
    assert.match((await page.locator('#icicle').getAttribute('aria-label')) ?? '', '<b>odd');
    assert.is(await page.locator('main b', { hasText: 'odd' }).count(), 0);
    assert.equal(troubles, []);
    await page.close();
  });

  test.run();
}
