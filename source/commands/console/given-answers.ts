/** What flags, files and the ledger say already, as the prompts show it. */
import { type GivenAnswers, type TextId, textIds } from '../../console/screens/install/form.ts';
import { type AnswerSource, resolveAnswers } from '../../stack/answers.ts';

/** Only what was given; the rest keeps its default. */
export function givenAnswers(sources: readonly AnswerSource[]): GivenAnswers {
  const answers = resolveAnswers(sources);
  const isGiven = (key: string) => sources.some(({ values }) => hasKey(values, key));
  const given = (id: TextId): string | undefined => {
    const value = id
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], answers);
    return value === undefined || id.endsWith('password') ? undefined : String(value);
  };
  const texts = textIds.filter((id) => id !== 'name' || isGiven('name')).map((id) => [id, given(id)] as const);
  return {
    ...(texts.some(([, value]) => value !== undefined)
      ? { texts: Object.fromEntries(texts.filter(([, value]) => value !== undefined)) }
      : {}),
    switches: { telemetry: answers.telemetry, mail: answers.mail !== undefined },
    ...(isGiven('size') ? { size: answers.size } : {}),
  };
}

function hasKey(values: unknown, key: string): boolean {
  return typeof values === 'object' && values !== null && key in values;
}
