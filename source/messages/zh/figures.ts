import type { ComponentId } from '../../stack/types.ts';
import type { figures as en } from '../en/figures.ts';

const full: Partial<Record<ComponentId, string>> = {
  clickhouse: '请在 Sealos 桌面扩容它的存储卷，或删除旧数据：写满后不再接收新数据，事件会积压在队列中，过期后被丢弃。',
  kafka: '请在 Sealos 桌面扩容它的存储卷，或缩短事件在队列中的保留时间：写满后会拒绝新事件。',
  postgres: '请在 Sealos 桌面扩容它的存储卷：写满后无法再写入，PostHog 会停止工作。',
  bucket: '请删除旧录像，或申请更大的配额：写满后无法再保存录像和导出文件。',
};

export const figures: typeof en = {
  waits: (count) => `积压 ${count}`,
  fallsBehind: '处理不过来',
  catchesUp: (time) => `正在追赶，约 ${time} 后处理完`,
  oldest: (age) => `最早的已等待 ${age}`,
  tasksWait: (count) => `${count} 个任务等待中`,
  disk: (share) => `磁盘 ${share}`,
  quota: (share, size) => `已用 ${size} 的 ${share}`,
  fullIn: (time) => `${time}后写满`,
  days: (count) => `${count} 天`,
  daysShort: (count) => `${count} 天`,
  silent: (age) => `已 ${age} 没有响应`,
  readsNothing: (table) => `${table} 没有在读取`,
  inTrouble: (tables) => `${tables} 张表读取异常`,
  ago: (age) => `${age} 前`,
  unanswered: (source, since, why) => `${source}：${since === undefined ? '' : `已 ${since} `}无响应（${why}）`,
  untold: (source, since, why) => `${source}：${since === undefined ? '' : `已 ${since} `}无数据（${why}）`,
  mayNotAsk: '没有权限',
  error: (code) => `错误 ${code}`,
  faults: {
    dns: '找不到名称',
    refused: '被拒绝',
    timeout: '超时',
    tls: '证书不受信任',
    reset: '连接中断',
    proxy: '被代理拦下',
  },
  missing: (sources) => `缺少部分数据：${sources}；-v 查看详情。`,
  asked: (sources) => `数据来源：${sources}。`,
  forbidden: (sources) => `当前 token 无权查询 ${sources}，相关数据因此缺失（-v 查看详情）。`,
  concerns: {
    disk: (part, share, left, size, time) =>
      `${part}：磁盘已用 ${share}，剩余 ${left}，共 ${size}${time === undefined ? '' : `，预计 ${time}后写满`}。`,
    bucket: (part, share, left, size) => `${part}：配额已用 ${share}，剩余 ${left}，共 ${size}。`,
    diskHint: (part) => full[part] ?? '请在 Sealos 桌面扩容它的存储卷。',
    consumers: (table, others, isReading, exception) =>
      `clickhouse：${table}${others === 0 ? ' ' : ` 等 ${others + 1} 张表`}${isReading ? '出错' : '没有在读取'}${exception === '' ? '。' : `：${exception}`}`,
    consumersHint: '详情见它的日志：posthog-sealos logs clickhouse。在此期间事件会积压在队列中。',
    silent: (age) => `worker：已 ${age} 没有响应，后台任务已停止。`,
    silentHint: '重启它：posthog-sealos restart worker',
    tasks: (count) => `worker：有 ${count} 个任务在等待，且没有减少。`,
    tasksHint: '增加一个 worker：posthog-sealos scale worker=+1',
  },
};
