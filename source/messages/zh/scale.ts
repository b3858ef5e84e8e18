import type { Dimension } from '../../observe/room.ts';
import { gibibytes, rounded } from '../../text/bytes.ts';
import type { scale as english, scaling as englishScaling } from '../en/scale.ts';

export const dimensions: Readonly<Record<Dimension, string>> = {
  pods: 'Pod',
  cpu: 'CPU',
  memory: '内存',
  ephemeral: '临时存储',
  storage: '磁盘',
  buckets: '存储桶',
};
export const amount = (dimension: Dimension, value: number): string =>
  dimension === 'pods' || dimension === 'buckets'
    ? `${value} 个`
    : dimension === 'cpu'
      ? `${rounded(value)} 核`
      : gibibytes(value);

/** `17 → 18 个`、`28.9 → 32.9 GiB`；不变时只写一次。 */
const change = (dimension: Dimension, from: number, to: number): string => {
  const [before, after] = [amount(dimension, from), amount(dimension, to)];
  return before === after ? after : `${before.replace(/ \S+$/, '')} → ${after}`;
};

const fixed = {
  identity: '它只有一个身份和一个数据卷，再起一个就是另一个存储',
  database: '它是平台的单节点数据库',
  once: '它只运行一次',
  platform: '由平台运行',
};

type Move = Parameters<typeof english.guards.restarts>[1][number];
const moved = ({ before, value }: Move): string => `${gibibytes(before)} → ${gibibytes(value)}`;
const settings: Readonly<Record<Move['setting'], (move: Move) => string>> = {
  query: (move) => `单个查询可用 ${moved(move)}。`,
  cache: (move) => `标记缓存 ${moved(move)}。`,
  broker: (move) => `队列自身的内存 ${moved(move)}。`,
  heap: (move) => `堆内存 ${moved(move)}。`,
  connections: ({ before, value }) => `连接数 ${before} → ${value}。`,
};
const away: Readonly<Record<string, string>> = {
  postgres: '页面会出错，进来的数据会等待',
  redis: '页面会出错，任务会等待',
  clickhouse: '分析会出错，事件在队列里等待',
  zookeeper: 'ClickHouse 无法写入，事件在队列里等待',
  kafka: '新事件会被拒收，已积压的保留',
};
const without: Readonly<Record<string, string>> = {
  web: '无法打开 PostHog：页面和 API 都不可用；事件仍会被接收',
  worker: '后台任务会等待：导出、告警、群组和邮件会延后',
  capture: '新事件会被拒收：它们会丢失',
  'replay-capture': '新录屏会被拒收：它们会丢失',
  'feature-flags': '应用得不到功能开关和配置，只能使用默认值',
  'recording-api': '无法播放录屏；录屏仍会保存',
  personhog: '无法查询用户：显示用户的页面会出错',
};

const logErrors = (count: number, alike: number): string =>
  count === 1
    ? '之后它的日志里有 1 条错误'
    : `之后它的日志里有 ${count} 条错误，${alike === count ? '都是' : alike === 1 ? '最近一条是' : `其中 ${alike} 条类似`}`;

export const scale: typeof english = {
  place: 'scale',
  consent: '确定应用？[y/N] ',
  consentToLoss: (name) => `新事件将会丢失。输入 ${name} 才会应用：`,
  fields: { replicas: '副本数', cpu: 'CPU', memory: '内存' },
  words: {
    title: 'CHANGE 可以是以下写法；多项会一起检查、一起应用：',
    replicas: '副本数',
    more: '在现有基础上增加',
    none: '停止：应用前会说明后果',
    memory: '每个副本的内存上限；预留值随之调整',
    cpu: '每个副本的 CPU 上限',
  },
  errors: {
    nothing: '没有指定要修改的内容。',
    usage: '写法示例：worker=2 ingestion=+1 web:memory=6Gi web:cpu=3。',
    noValue: (word) => `“${word}”不是修改项：请写 COMPONENT=数量 或 COMPONENT:memory=大小。`,
    unknown: (name, near, all) => `没有名为“${name}”的部件${near ? `，是否想写“${near}”？` : '。'}部件：${all}。`,
    unscalable: (name) => `${name} 没有可以扩缩的内容。`,
    unknownField: (name, near) =>
      `“${name}”不能修改${near ? `，是否想写“${near}”？` : '：可修改 replicas、cpu、memory。'}`,
    badValue: {
      replicas: (word) => `“${word}”：请写从 0 起的整数，或用 +1 表示增加一个。`,
      cpu: (word) => `“${word}”：请写核数，例如 500m、2 或 1.5。`,
      memory: (word) => `“${word}”：请写大小，例如 512Mi 或 6Gi。`,
    },
    twice: (component, field) => `${component}:${field} 写了两次。`,
  },
  guards: {
    absent: (id) => `该实例没有 ${id}，或它不能扩缩。`,
    fixed: (id, why) => `${id} 的副本数是固定的：${fixed[why]}。`,
    fixedHint: (id) => `可以增加它的 CPU 和内存：${id}:memory=大小 ${id}:cpu=核数。为此它会重启。`,
    unread: (id, hours) =>
      `没有 ${id} 时，它要读取的事件会留在队列里；${hours ? `${rounded(hours)} 小时后（分区写满时会更早）` : '主题的保留期结束后'}未读的事件会被丢弃。`,
    stopped: (id) => `没有 ${id} 时，${without[id] ?? '它的工作没有人做'}。`,
    restarts: (id, moves) =>
      `${id} 会为此重启，一两分钟内不可用；${away[id] ?? '依赖它的部件会等待'}。${moves.map((move) => settings[move.setting](move)).join('')}`,
    tooMany: (id, most) => `${id} 最多 ${most} 个副本：更多的情况没有验证过。`,
    partitions: (id, topic, count) => `${topic} 有 ${count} 个分区：${id} 超过 ${count} 个时，多出的没有可读的内容。`,
    partitionsHint: (command) => `增加分区（扩缩页面按 P）只对新事件有效，且无法撤销：${command}`,
    processes: (id, count, least) =>
      `${id} 运行 ${count} 个进程，每个约 700 MB：至少需要 ${least}，否则会因内存不足被终止。`,
    limitRange: (id, resource, limit, bound) =>
      `${id}：工作空间规定单个容器的 ${resource} 最多 ${bound}；${limit} 将无法启动。`,
    quota: (dimension, needed, free, hard) =>
      `${dimensions[dimension]}：滚动更新时还需要 ${amount(dimension, needed)}，但配额共 ${amount(dimension, hard)}，只剩 ${amount(dimension, free)}。`,
    quotaBrief: (dimension, needed, free, hard) =>
      `${dimensions[dimension]}：正在结束的 Pod 仍计入配额，期间还需要 ${amount(dimension, needed)}，但配额共 ${amount(dimension, hard)}，只剩 ${amount(dimension, free)}：新的 Pod 会等它们结束。`,
    quotaBriefHint: '取决于它们多久结束，最多两分钟。',
    quotaHeals: 'Sealos 会自动扩大配额，每天最多一次；在此之前新的 Pod 会等待。',
    quotaHint: (days) =>
      `${days === undefined ? '' : `Sealos 每天自动扩大一次，需要 ${days} 天。`}请在工作空间里腾出资源、减少用量，或向 Sealos 申请更多。`,
    autoscaler: (id) => `${id} 的副本数由自动扩缩器控制，会被改回去。`,
    autoscalerHint: '请在 Sealos 桌面修改或删除自动扩缩器。',
    paused: (id) => `${id} 已暂停。`,
    pausedHint: '请先在 Sealos 桌面恢复运行。',
    rolling: (id) => `${id} 正在滚动更新。`,
    rollingHint: '请等它就绪（用 `status` 查看）；在此之前只能改回原来的数值，或减少副本。',
    migrating: '正在执行迁移：完成之前不做滚动更新。',
    unfinished: '安装还没有完成：之后请重新运行 `install`，它会从中断处继续。',
    connections: (needed, most) => `最坏情况下所有 Pod 会打开 ${needed} 个 PostgreSQL 连接，而它最多支持 ${most} 个。`,
    connectionsHint: '可同时增加 postgres 的内存：连接数随内存增加。',
    foreign: (object, field, manager) => `${object}：${field} 已被 “${manager}” 修改，这次修改会把它改回去。`,
    foreignHint: '请撤销那项修改，或加上 --conflicts keep（保留对方的）或 --conflicts take（用我们的）重试。',
    keptHint: '保留对方的值就什么也不会改变：请用 --conflicts take 接管，或保持原样。',
  },
  changedMeanwhile: (id) => `${id} 在核对之后又被别人修改过：保留对方的修改。`,
  changedMeanwhileHint: '请重新执行：将根据现在的状态重新核对。',
  review: {
    title: (app, namespace) => `修改 ${namespace} 中的 ${app}`,
    already: '已经是这样了：没有需要修改的内容。',
    quota: (dimension, now, peak, after, hard) =>
      `${dimensions[dimension]}：已用 ${amount(dimension, now)}，滚动更新时最多 ${amount(dimension, peak)}，之后 ${amount(dimension, after)}，配额 ${amount(dimension, hard)}`,
    order: (order) => `依次进行：${order}`,
    byHand: (commands, isRecorded, movesSettings) => {
      const notes = [
        ...(isRecorded ? ['之后的 `install` 会问起'] : []),
        ...(isRecorded && movesSettings ? ['随内存变化的设置不会跟着改'] : []),
      ];
      const aside = notes.length === 0 ? '' : `（${notes.join('；')}）`;
      return [`手动执行的等效命令${aside}：`, ...commands].join('\n');
    },
  },
  partitionsFailed: (topic, why) => `${topic} 没能增加分区：${why}`,
  refused: (count) => `没有修改任何内容：有 ${count} 项阻碍。`,
  refusedHint: '原因和可行的解决办法见上。',
  readOnlyHint: '去掉 --read-only 才会应用。',
  needsConsent: '没有修改任何内容：需要您的确认。',
  needsConsentHint: '加上 --yes 再运行同一条命令。',
  declined: '没有修改任何内容。',
  applying: (words) => `正在应用 ${words}`,
  already: (components) => `已是此设置，但尚未就绪：${components}`,
  alreadyReady: (components) => `已是此设置，现已就绪：${components}`,
  alreadyUnseen: (components) => `已是此设置，尚未就绪（未等待）：${components}`,
  scaled: (words) => `已应用并就绪：${words}`,
  scaledUnseen: (words) => `已应用，未等待就绪：${words}`,
  undo: (command) => `撤销：${command}`,
  logErrors: (count, alike, message) => `积压没有因此减少。${logErrors(count, alike)}：${message}`,
  logErrorsHint: (id) => `用 \`posthog-sealos logs ${id} --level error\` 查看。`,
  timeout: (time) => `${time} 后仍未就绪。`,
  waitOn: (words) => `继续等待：posthog-sealos scale ${words}`,
  partlyDone: (part, again) => `只应用了一部分：${part}。已应用的会保留；要完成它：posthog-sealos scale ${again}`,
  halfDone: (done, left, back) =>
    `已应用：${done}。${left === '' ? '' : `未应用：${left}。`}已应用的会保留；要改回去：posthog-sealos scale ${back}`,
  restart: {
    title: 'COMPONENT 可以是：',
    asked: (components) => `正在依次重启 ${components}`,
    done: (components) => `已重启并就绪：${components}`,
    cannot: (id) => `${id} 由平台运行：请在 Sealos 桌面重启。`,
    none: '请写明要重启的部件。',
    noneHint: (all) => `可以重启：${all}。`,
  },
};

/** 页面。 */
export const scaling: typeof englishScaling = {
  columns: {
    name: '部件',
    replicas: '副本数',
    cpu: 'CPU',
    memory: '内存',
    use: '占用',
    waiting: '积压',
    rates: '每秒进/出',
    empty: '清空需要',
  },
  topics: { topic: '主题', group: '读取者', oldest: '最早' },
  uses: (cpu, memory) => `CPU ${cpu}，内存 ${memory}。`,
  never: '不减',
  prompt: (part, field) => `${part} 的${field === 'CPU' ? ' CPU' : field}：`,
  partitionsWay: '按 P 增加分区：只对新事件有效，且无法撤销。',
  partitions: (count, part) => `${count} 个分区：最多 ${count} 个 ${part} 同时工作。`,
  grows: (part) => `修改 CPU 或内存会重启 ${part}。`,
  most: (count, part) => `${part} 最多 ${count} 个副本。`,
  quota: ({ dimension, now, after, most, hard }) => {
    const peak = most > Math.max(now, after) ? `，滚动更新时 ${amount(dimension, most)}` : '';
    return `${dimensions[dimension]}：${change(dimension, now, after)}${peak}，配额 ${amount(dimension, hard)}`;
  },
  after: {
    between: '；',
    sentences: '',
    sentence: (text) => `${text}。`,
    empty: (was) => `原来积压 ${was}，现在没有积压了。`,
    nearlyEmpty: (was, now) => `积压 ${was} → ${now}；剩下的都是刚到的。`,
    unsettled: (was, now) => `积压 ${was} → ${now}；稍后可知是否有效。`,
    falling: (was, now, rate, time) => `积压 ${was} → ${now}，每秒减少 ${rate}，${time}后清空。`,
    slow: (was, now, rate, time) => `效果不够：积压 ${was} → ${now}，每秒只减少 ${rate}，${time}后才清空。`,
    standing: (was, now, rate) => `没有效果：积压 ${was} → ${now}，${rate === '0' ? '没有减少' : `每秒增加 ${rate}`}。`,
    obstacles: {
      restarts: (count) => `之后它的容器重启了 ${count} 次：按 g l 查看日志。`,
      store: (store) => `它所依赖的 ${store} 的 CPU 已用满：请先增加 ${store} 的 CPU。`,
      errors: (count, alike, message) => `${logErrors(count, alike)}：“${message}”（g l）。`,
      cpu: (isBound) =>
        isBound
          ? '它自己的 CPU 已用满，每个分区也都有读取者：请增加 CPU（Tab）或分区（P）。'
          : '它自己的 CPU 已用满：请增加副本或 CPU（Tab）。',
      partitions: (count) => `${count} 个分区都有读取者：按 P 增加分区，只对之后的事件有效。`,
      unknown: '测量到的指标都没有问题：原因可能在它的日志里（g l）。',
    },
  },
  noLimit: (part) => `${part} 还没有上限：按 Enter 输入。`,
  badReplicas: '请输入整数，例如 2',
  nothing: '还没有修改：用 ← 和 → 调整数值。',
  presets: '按规格设置副本数、CPU 和内存。存储只增不减；磁盘和主题不变。',
  installed: '（已安装）',
  drainNow: '立即清空：十分钟内能清空积压的最少副本数',
  presetIsThere: (size) => `已经与 ${size} 一致。`,
  presetBounded: (parts) => `${parts} 的副本数以主题的分区数为限：按 P 增加分区。`,
  drains: (part, replicas, time) => `${part}：${replicas} 个副本约 ${time} 清空。`,
  drainsSooner: (replicas, time) => `再按 d：${replicas} 个，约 ${time}。`,
  drainsSomehow: (part, replicas) => `${part}：${replicas} 个副本多久清空，目前还不知道。`,
  drainsLess: (part, replicas) =>
    `目前 ${part} 最多只能有 ${replicas} 个，十分钟内清不完：按 P 增加分区，按 Tab 可改 CPU。`,
  nothingWaits: '没有可以通过增加副本来处理的积压。',
  busy: '上一项修改还在应用；按 Z 可改回已应用的部分。',
  raise: (topic, now, then) =>
    `${topic} 的分区将从 ${now} 个增加到 ${then} 个。此操作无法撤销：分区不能再减少。它只对之后到达的事件有效；已积压的事件仍在原来的分区，同一用户的事件可能会短暂乱序。`,
  raised: (topic, count) => `${topic} 现在有 ${count} 个分区。`,
  noPartitions: '只有读取主题的部件才有分区。',
  nothingApplied: '在这里还没有应用过修改。',
  wayBack: '按 Z 可改回去。',
  applying: (words) => `正在应用 ${words} …`,
  gone: (part, time) => `${part} 的积压之后约需 ${time} 清空。`,
  stays: (part) => `${part} 的积压不会因此减少。`,
  settled: (part, ready, desired) => `${part}：${ready}/${desired} 就绪`,
  stopped: (part) => `${part} 已停止`,
  done: '已全部应用并就绪。按 Z 可改回去。',
};
