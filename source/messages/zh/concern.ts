import type { Drift, DriftField } from '../../observe/drift.ts';
import type { SourceId } from '../../observe/measure.ts';
import type { Used } from '../../observe/room.ts';
import type { concern as english } from '../en/concern.ts';
import { amount, dimensions } from './scale.ts';

/** 后面直接跟汉字：拉丁字母之后留一个空格。 */
const fields: Readonly<Record<DriftField, string>> = { replicas: '副本数', cpu: 'CPU ', memory: '内存', image: '镜像' };
const sources: Readonly<Record<SourceId, string>> = {
  broker: '有哪些事件在等待',
  metrics: ' CPU 和内存的用量',
  redis: ' worker 的积压和状态',
  postgres: ' PostgreSQL 的磁盘用量',
  clickhouse: ' ClickHouse 的磁盘和读取情况',
};
const more = (count: number): string => (count > 0 ? `（另有 ${count} 处）` : '');

export const concern: typeof english = {
  broken: (part, why, others) => `${part}：${why ?? '已失败。'}${more(others)}`,
  part: (part, why) => `${part}：${why ?? '已失败。'}`,
  address: (url, why) => `${url} 没有响应：${why}。`,
  addressHint: (isProvable) =>
    `每分钟从这台电脑访问一次。${isProvable ? '`posthog-sealos proof` 会指出哪一段不通。' : ''}`,
  behind: (part, count, age, kept) =>
    `${part}：积压 ${count} 个事件${age === undefined ? '' : `，最早的已等待 ${age}`}${kept ? `（${kept}）` : ''}。`,
  kept: (hours) => `保留 ${hours} 小时`,
  dropping: (parts) => `${parts} 最早的积压事件即将过期，未处理就会被丢弃。按 s 增加资源。`,
  behindHint: (part) => `增加副本有帮助：按 s，或 \`posthog-sealos scale ${part}=+1\`。`,
  behindFull: (part) => `${part} 的磁盘已满：先腾出空间或扩容，其他办法都无效。`,
  behindFixed: (part) => `${part} 的副本数固定；增加 CPU 可能有帮助：按 s，再按 Tab。`,
  used: ({ dimension, used, hard }: Used) =>
    `${dimensions[dimension]} ${amount(dimension, used)} / ${amount(dimension, hard)}`,
  and: '，',
  quota: (used) => `配额即将用完：${used}。`,
  quotaHint: '需要更多资源的操作（例如重启或增加副本）可能会被拒绝。请腾出空间，或向 Sealos 申请更多配额。',
  drift: ({ object, field, planned, live, by }: Drift, others) =>
    `“${by}” 改动了 ${object}：${fields[field]}为 ${live}，计划为 ${planned}。${more(others)}`,
  driftHint: '下次 install 会询问保留还是接管。用 `scale` 做的改动会自动保留。',
  certificate: (url, hours) =>
    hours < 0
      ? `${url} 的证书已经到期。`
      : hours < 1
        ? `${url} 的证书将在一小时内到期。`
        : `${url} 的证书将在 ${hours < 48 ? `${hours} 小时` : `${Math.floor(hours / 24)} 天`}后到期。`,
  certificateHint: '证书本应早已续期：请在 Sealos 桌面查看该地址的证书。到期后浏览器和 SDK 会拒绝连接。',
  bounds: '此处得不到 CPU 和内存的用量（metrics.k8s.io）：显示的是上限。',
  unmeasured: (source: SourceId, since, why) =>
    `${since === undefined ? '目前' : `已有 ${since} `}无法得知${sources[source]}：${why}`,
  none: '没有需要注意的事项。',
  title: '需要注意的事项',
  others: (count) => `另有 ${count} 项，按 w`,
};
