import type { Showing } from './choose.ts';
import type { Event, Reporter } from './event.ts';
import { Live } from './live.ts';
import { plainReporter } from './plain.ts';
import { styleFor } from './style.ts';
import { viewsOf } from './tty-view.tsx';

const FRAME_MS = 100;

/** Live output on a terminal: finished tasks scroll above, hosts at work and the progress stay below. */
export async function ttyReporter(showing: Showing): Promise<Reporter> {
  // no static import: ink is a module that waits while it loads, which the built chunks, loaded by require, cannot
  const { render, ...components } = await import('ink');
  const View = viewsOf(components);
  const live = new Live();
  const lines: { id: number; text: string }[] = [];
  let pending = '';
  let frame = 0;
  let over = false;
  const write = (text: string): void => {
    const parts = (pending + text).split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) lines.push({ id: lines.length, text: part === '' ? ' ' : part });
  };
  // what is finished is the same text as without a terminal
  const finished = plainReporter(write, { ...showing, columns: process.stdout.columns ?? 80 }, styleFor(true));
  const view = (): React.JSX.Element => <View lines={[...lines]} live={live} frame={frame} over={over} />;
  const ink = render(view(), { patchConsole: false, exitOnCtrlC: false });
  const timer = setInterval(() => {
    frame++;
    ink.rerender(view());
  }, FRAME_MS);
  return {
    on(event: Event) {
      live.on(event);
      finished.on(event);
    },
    async close() {
      clearInterval(timer);
      over = true;
      if (pending !== '') write('\n');
      ink.rerender(view());
      ink.unmount();
      await ink.waitUntilExit();
    },
  };
}
