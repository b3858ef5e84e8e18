import type { GapReason, Marker, Waiting } from '../../logs/types.ts';
import { formatDuration } from '../../text/duration.ts';
import { units } from './units.ts';

const mayNotRead = (right: string): string => `当前登录无权读取日志（权限：${right}）`;

const gaps: Readonly<Record<GapReason, string>> = {
  rotated: '节点换了新的日志文件，其间写入的内容已无法读取',
  'run-gone': '此后容器已重启不止一次，这次运行的日志已不存在',
  'pod-gone': 'Pod 在日志读完之前就被删除了',
  forbidden: mayNotRead('get pods/log'),
};

export const logs = {
  marker: (marker: Marker): string => {
    switch (marker.type) {
      case 'ended':
        return marker.exitCode === undefined
          ? '已结束'
          : `已结束：退出码 ${marker.exitCode}${marker.reason ? `（${marker.reason}）` : ''}`;
      case 'away':
        return `集群失联 ${formatDuration(marker.forMs, units)}；没有丢失内容`;
      case 'gap':
        return `缺失${marker.forMs === undefined ? '' : ` ${formatDuration(marker.forMs, units)}`}：${gaps[marker.reason]}`;
      case 'cut':
        return `有 ${marker.lines} 行超过 1 MiB，已截断`;
    }
  },
  notKept: (lines: number): string => `以下内容接在前面 ${lines} 行之后，那些行过长，未能保留`,
  waiting: (component: string, waiting: Waiting): string => {
    switch (waiting.type) {
      case 'no-pods':
        return `${component}：没有 Pod`;
      case 'no-container':
        return `${component}：没有该容器，只有 ${waiting.containers.join('、')}`;
      case 'container':
        return `${component}：${waiting.container || waiting.pod} 正在等待（${waiting.reason}）`;
      case 'forbidden':
        return `${component}：${waiting.right === undefined ? gaps.forbidden : mayNotRead(waiting.right)}`;
      case 'away':
        return `${component}：暂时无法读取（${waiting.message}），正在重试`;
    }
  },
  nothing: (components: string) => `${components} 没有符合要求的日志，或还没有写入任何内容。`,
  saved: (lines: number, file: string) => `已将 ${lines} 行保存到 ${file}。`,
  words: {
    title: 'COMPONENT 可以是以下部件，也可以是一组：',
    pipeline: '事件经过的部件：capture、ingestion、clickhouse、web（不写时即为此组）',
    background: 'worker、plugins、kafka',
    stores: 'postgres、redis、zookeeper、clickhouse',
  },
  errors: {
    notTogether: (one: string, other: string) => `${one} 与 ${other} 不能同时使用。`,
    unknownComponent: (name: string, near: string | undefined) =>
      `没有部件“${name}”${near ? `；您是否想写“${near}”？` : '。'}`,
    components: (components: string, groups: string) => `部件：${components}。组：${groups}。`,
    absent: (components: string, app: string) => `${app} 没有 ${components}。`,
    present: (components: string) => `它有：${components}。`,
    badPattern: (flag: string, pattern: string, why: string) => `${flag}“${pattern}”不是正则表达式：${why}。`,
    badBuffer: (text: string, most: number) => `--buffer 不能是“${text}”：应为不超过 ${most} 的整数（MB）。`,
    badCount: (flag: string, word: string, least: number) =>
      `“${word}”不能用于 ${flag}：请写不小于 ${least} 的整数${flag === '--tail' ? '，或 all' : ''}。`,
    badTime: (flag: string, word: string) =>
      `“${word}”不能用于 ${flag}：请写时间，例如 2026-11-23T20:55:00Z 或 2026-11-23T20:55:00+08:00。`,
    slowPattern: '--grep 或 --not 的表达式耗时过长，已停止。',
    slowPatternHint: '像 (a+)+ 这样的表达式会尝试所有匹配方式。请不要在重复中再写重复。',
    saveExists: (file: string) => `${file} 已存在，没有写入任何内容。`,
    saveFailed: (file: string, why: string) => `无法写入 ${file}：${why}。`,
    saveHint: '请用 --save 指定另一个文件。',
  },
};
