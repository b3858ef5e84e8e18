import type { PlanAction } from '../../install/events.ts';
import type { State } from '../../observe/types.ts';
import type { Phase } from '../../stack/types.ts';

const actions: Readonly<Record<PlanAction, string>> = {
  create: '创建',
  change: '修改',
  same: '不变',
  conflict: '冲突',
};
const states: Readonly<Record<State, string>> = { waiting: '等待', running: '进行中', ready: '就绪', failed: '失败' };
const phases: Readonly<Record<Phase, string>> = { stores: '阶段 存储', queue: '阶段 队列', app: '阶段 应用' };

export const cli = {
  commands: {
    install: '安装 PostHog，或继续、修改一次安装',
    render: '输出安装所用的 Kubernetes 对象；不需要集群',
    proof: '再次验证事件能够写入',
    status: '显示每个组件及其未就绪的原因',
  },
  details: {
    install:
      '把 PostHog 安装到 kubeconfig 的命名空间，并验证事件能够写入。可以随时中断：再次运行同一命令即可继续。没有终端时需要 --yes。',
    render: '按提交顺序输出一次安装会创建的 Kubernetes 对象。不需要集群。',
    proof: '让事件经过每个组件并读回：先在集群内部，再通过公网地址。',
    status: '显示实例的每个组件，并对每个未就绪的组件给出最关键的原因。也适用于一键模板安装的实例。',
  },
  flags: {
    kubeconfig: '使用的 kubeconfig（默认：$KUBECONFIG、~/.kube/config、~/.sealos/kubeconfig）',
    context: 'kubeconfig 中的 context',
    namespace: '命名空间（默认取自 context）',
    output: 'json：每行一个事件；render：yaml 或 json',
    plain: '纯文本逐行输出，不用全屏界面',
    lang: '语言（默认取自环境）',
    ascii: '只使用 ASCII 字符',
    noColor: '不使用颜色（同 NO_COLOR）',
    readOnly: '不改动集群中的任何东西',
    verbose: '出错时给出更多信息',
    help: '显示本帮助',
    version: '显示版本',
    name: '实例名称（默认：此处唯一的实例，否则为 posthog）',
    host: '公网域名；只写一个词时自动补全集群的域名',
    size: 'trial、small、medium 或 large（默认：small）',
    values: '包含设置的 YAML 文件',
    set: '单项设置，例如 components.web.replicas=2',
    mirror: '从另一个主机拉取某镜像仓库的镜像；摘要不变',
    adminEmail: '创建首个用户，即实例的所有者',
    adminPasswordStdin: '从标准输入读取首个用户的密码（否则自动生成并保存在 Secret 中）',
    yes: '不再询问，直接继续',
    dryRun: '只显示计划',
    conflicts: '他人改过的字段：keep 保留，take 接管',
    fix: '当该原因出现时执行其修复',
    timeout: '超过该时间放弃，例如 45m 或 2h（默认：2h）',
    resolve: '不查询 DNS，直接用该地址访问 HOST',
    split: '把每个对象写成该目录下的一个文件',
    withSecrets: '包含新生成的机密值',
    watch: '持续显示变化',
  },
  help: {
    intro: 'posthog-sealos 在 Sealos 上安装 PostHog，并验证事件能够写入。',
    usage: '用法：',
    command: '命令',
    flags: '选项',
    flagsTitle: '选项：',
    commands: '命令：',
    globalFlags: '所有命令共用的选项：',
    examples: '示例：',
    start: '开始：',
    steps: [
      'posthog-sealos install --dry-run                                          查看会创建什么',
      'posthog-sealos install                                                    安装',
      'posthog-sealos render --host posthog.example.com -n ns-1a2b3c4d           查看对象，不需要集群',
    ] as readonly string[],
    more: '查看某个命令：posthog-sealos 命令 --help',
    exitCodes: '退出码：0 完成，1 失败或不健康，2 用法错误，3 在改动之前拒绝，4 需要确认，5 超时，130 被中断',
  },
  errors: {
    hint: '帮助：posthog-sealos --help',
    hintOf: (command: string) => `帮助：posthog-sealos ${command} --help`,
    unknownCommand: (word: string, near: string | undefined) =>
      `没有命令 “${word}”${near ? `，是否想写 “${near}”？` : '。'}`,
    unknownFlag: (flag: string, command: string | undefined, near: string | undefined) =>
      `${command ?? 'posthog-sealos'} 没有选项 ${flag}${near ? `，是否想写 ${near}？` : '。'}`,
    missingValue: (flag: string, value: string) => `${flag} 需要一个值：${flag} ${value}`,
    noValue: (flag: string) => `${flag} 后面不跟值。`,
    excess: (word: string) => `多了一个词 “${word}”；值要跟在选项后面，例如 --name ${word}。`,
    notOneOf: (flag: string, value: string, allowed: string, near: string | undefined) =>
      `${flag} 不能是 “${value}”：应为 ${allowed} 之一${near ? `，是否想写 ${near}？` : '。'}`,
    badPair: (flag: string, pair: string, form: string) => `${flag} “${pair}” 不符合 ${form} 的形式。`,
    badDuration: (flag: string, value: string) => `${flag} 不能是 “${value}”：请写时长，例如 90s、45m、2h 或 1h30m。`,
    badResolve: (value: string) => `--resolve “${value}” 不符合 HOST:PORT:ADDR 的形式。`,
    badResolveHint: '示例：--resolve posthog.example.com:443:203.0.113.7',
    passwordWithoutEmail: '--admin-password-stdin 需要 --admin-email：是谁的密码？',
    passwordEmpty: '指定了 --admin-password-stdin，但标准输入为空。去掉它即可自动生成密码并保存在 Secret 中。',
    passwordLong: (longest: number) => `标准输入中的密码必须是一行，最长 ${longest} 个字符。`,
    renderHost: 'render 不询问集群，因此需要完整的公网域名：--host posthog.example.com',
    renderNamespace: 'render 需要命名空间：-n ns-1a2b3c4d',
    badNamespace: (given: string) => `“${given}” 不是命名空间的名称：小写字母、数字和连字符，最长 63 个字符。`,
    valuesAlias: (file: string, line: number) =>
      `${file}:${line}：设置文件中不支持锚点和别名（& 和 *），请直接写出值。`,
    splitForeign: (folder: string, file: string) =>
      `目录 ${folder} 中有 ${file}，它不是之前 render 的输出。没有写入任何东西；请给出空目录或新目录。`,
    splitUnusable: (folder: string, why: string) => `无法写入目录 ${folder}：${why}。没有做任何改动。`,
  },
  plain: {
    todo: (what: string) => `处理：${what}`,
    consent: '继续吗？[y/N] ',
    plan: (create: number, change: number, same: number, conflict: number) =>
      `计划：创建 ${create} 个，修改 ${change} 个，不变 ${same} 个${conflict > 0 ? `，${conflict} 个由他人持有` : ''}`,
    actions,
    heldBy: (field: string, manager: string) => `${field} 由 “${manager}” 持有`,
    needs: (demand: string) => `最多需要 ${demand}`,
    minutes: (from: number, to: number) => `通常需要 ${from} 到 ${to} 分钟${to > 20 ? '，大部分是数据库迁移' : ''}`,
    phase: (phase: Phase) => phases[phase],
    states,
    verdicts: { ok: '通过', warn: '注意', fail: '失败' },
    cause: (why: string) => `原因：${why}`,
    fix: (command: string) => `修复：${command}`,
    left: (duration: string) => `约剩 ${duration}`,
    done: (url: string) => `PostHog 已就绪，事件写入正常：${url}`,
    doneUnproven: (url: string) => `PostHog 已运行：${url}`,
    about: (object: string) => `对象：${object}`,
  },
  interrupted: '已中断。',
  interruptedHint: (command: string) =>
    `Kubernetes 会继续运行已提交的部分（迁移会跑完），但在您回来之前不会启动后面的组件：${command}`,
  interruptedUnchanged: (command: string) => `没有做任何改动。重新开始：${command}`,
  dryRunDone: '没有做任何改动：--dry-run 只显示计划。',
  outputFailed: (why: string) => `无法写出输出（${why}）。`,
  outputFailedHint: '请检查输出的去向：磁盘可能已满。',
  bug: (message: string) => `这是 posthog-sealos 的一个错误：${message}`,
  bugHint: '请用 -v 再次运行同一命令并反馈输出。集群的状态如最后几行所示；再次安装会继续。',
};
