/** The app as Ink draws it: four bars and a body, each drawn anew only for what it shows. */
import { Box, type SuspendTerminal, Text, useApp, useCursor, useInput, usePaste } from 'ink';
import type { ReactNode } from 'react';
import { wrap } from '../text/clip.ts';
import { drawOverlay, paste, press, scopesOf, screenOf } from './app.ts';
import type { Line } from './draw/line.ts';
import type { Theme } from './draw/theme.ts';
import { footerLine, frameRows, isTooSmall, ruleOf, smallest, titleLine, viewOf } from './frame.ts';
import { pressesOf } from './keys/press.ts';
import type { App } from './screen.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';
import { useSelected } from './use-selected.ts';
import { wordsIn } from './words.ts';

interface Props {
  readonly store: Store<State>;
  readonly theme: Theme;
}

interface RootProps extends Props {
  readonly app: App;
  /** Filled with the way to give the terminal away for a while. */
  readonly loan: { handOver?: SuspendTerminal };
}

export function ConsoleView({ store, theme, app, loan }: RootProps): ReactNode {
  loan.handOver = useApp().suspendTerminal;
  const [columns, rows] = useSelected(store, (state) => [state.columns, state.rows] as const);
  useInput((input, key) => {
    for (const each of pressesOf(input, key)) press(each, app);
  });
  usePaste((text) => paste(text, app));
  if (isTooSmall({ columns, rows })) return <TooSmall store={store} theme={theme} />;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Title store={store} theme={theme} />
      <Bar line={ruleOf({ columns })} columns={columns} theme={theme} />
      <Body store={store} theme={theme} />
      <Bar line={ruleOf({ columns })} columns={columns} theme={theme} />
      <Footer store={store} theme={theme} />
    </Box>
  );
}

/** One line of the terminal. An empty one would have no height. */
function Bar({
  line,
  columns,
  theme,
}: {
  readonly line: Line;
  readonly columns: number;
  readonly theme: Theme;
}): ReactNode {
  return <Text wrap="truncate">{theme.paint(line, columns) || ' '}</Text>;
}

function Title({ store, theme }: Props): ReactNode {
  useSelected(store, (state) => {
    const { title, facts } = screenOf(state);
    const t = wordsIn(state);
    return [
      JSON.stringify([title(state, t), facts(state, t)]),
      state.columns,
      state.isSimulated,
      state.language,
    ] as const;
  });
  const state = store.read();
  const screen = screenOf(state);
  const t = wordsIn(state);
  return (
    <Bar
      line={titleLine(screen.title(state, t), screen.facts(state, t), state)}
      columns={state.columns}
      theme={theme}
    />
  );
}

function Body({ store, theme }: Props): ReactNode {
  useSelected(store, (state) => [
    state.overlay,
    state.language,
    state.columns,
    state.rows,
    // What lies over the screen hides it.
    ...(state.overlay ? [] : screenOf(state).shows(state)),
  ]);
  const { setCursorPosition } = useCursor();
  const state = store.read();
  const view = viewOf(state);
  const { lines, cursor } = state.overlay ? drawOverlay(state.overlay, view) : screenOf(state).draw(view);
  setCursorPosition(cursor && { x: cursor.column, y: cursor.row + frameRows / 2 });
  // All of it as one text: each element of Ink's costs a start some time, and none of them would ever be laid out otherwise.
  const painted = Array.from({ length: view.rows }, (_, row) => theme.paint(lines[row] ?? [], view.columns) || ' ');
  return <Text wrap="truncate">{painted.join('\n')}</Text>;
}

function Footer({ store, theme }: Props): ReactNode {
  useSelected(store, (state) => [JSON.stringify(footerLine(scopesOf(state), state)), state.columns] as const);
  const state = store.read();
  return <Bar line={footerLine(scopesOf(state), state)} columns={state.columns} theme={theme} />;
}

function TooSmall({ store, theme }: Props): ReactNode {
  const [columns, rows] = useSelected(store, (state) => [state.columns, state.rows, state.language] as const);
  const text = wordsIn(store.read()).console.tooSmall(smallest.columns, smallest.rows);
  const lines = wrap(text, columns).slice(0, rows);
  return <Text wrap="truncate">{lines.map((line) => theme.paint([line], columns)).join('\n')}</Text>;
}
