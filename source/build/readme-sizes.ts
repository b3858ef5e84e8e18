/** The table of sizes for the READMEs: what an instance of each uses. */
import type { Language } from '../messages/index.ts';
import { defaultAnswers } from '../stack/answers.ts';
import { type Demand, peakDemand, steadyDemand } from '../stack/demand.ts';
import { defaultPlatform } from '../stack/model.ts';
import { render } from '../stack/render.ts';
import { type SizeName, sizeNames } from '../stack/types.ts';
import { gibibytes, rounded } from '../text/bytes.ts';
import { markdownTable } from './table.ts';

const words = {
  en: {
    head: ['size', 'for about', 'in use', 'at most', 'disk'],
    load: {
      trial: '20 thousand events a day',
      small: '300 thousand events a day',
      medium: '1 million events a day',
      large: '20 million events a day',
    },
    pods: 'pods',
  },
  zh: {
    head: ['规格', '适合', '平时占用', '最多', '磁盘'],
    load: {
      trial: '每天约 2 万个事件',
      small: '每天约 30 万个事件',
      medium: '每天约 100 万个事件',
      large: '每天约 2000 万个事件',
    },
    pods: '个 Pod',
  },
} as const;

export function sizesTable(language: Language): string {
  const { head, load, pods } = words[language];
  const rows = sizeNames.map((size) => {
    const [steady, peak] = demandsOf(size);
    const shown = (demand: Demand): string =>
      `${rounded(demand.cpu)} CPU, ${gibibytes(demand.memory)}, ${demand.pods} ${pods}`;
    return [`\`${size}\``, load[size], shown(steady), shown(peak), gibibytes(steady.storage)];
  });
  return markdownTable(head, rows);
}

function demandsOf(size: SizeName): readonly [Demand, Demand] {
  const objects = render({
    answers: { ...defaultAnswers, size },
    namespace: 'ns-example',
    host: 'posthog.example.com',
    platform: defaultPlatform,
    migrate: 'upgrade',
    urls: 'composed',
  });
  return [steadyDemand(objects), peakDemand(objects, 'upgrade')];
}
