/** The stack that is applied: the defaults. */
import { defaultAnswers } from '../../../source/stack/answers.ts';
import { defaultPlatform } from '../../../source/stack/model.ts';
import { render } from '../../../source/stack/render.ts';
import type { KubeObject } from '../../../source/stack/types.ts';

export const namespace = 'ns-bench';

export function wholeStack(): readonly KubeObject[] {
  const rendered = render({
    answers: defaultAnswers,
    namespace,
    host: 'posthog.example.com',
    platform: defaultPlatform,
    migrate: 'install',
    urls: 'composed',
  });
  return rendered.map(({ object }) => object);
}
