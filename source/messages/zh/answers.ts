export const answers = {
  shortPassword: (least: number) => `密码至少需要 ${least} 个字符。`,
  hint: '所有设置项及其取值见 README.zh-CN.md 的“设置项”一节。',
  unknown: (key: string, place: string | undefined, near: string | undefined) =>
    `${place ? `${place}：` : ''}没有名为 “${key}” 的设置项${near ? `，是否想写 “${near}”？` : '。'}`,
  missing: (key: string, because: string | undefined, allowed: string) =>
    `${because ? `已设置 "${because}"，因此` : ''}需要 "${key}"：${allowed}。`,
  invalid: (key: string, value: string, place: string | undefined, allowed: string, near: string | undefined) =>
    `${place ? `${place}：` : ''}“${key}” 不能是 “${value}”：应为${allowed}${near ? `；是否想写 “${near}”？` : '。'}`,
  secretInArgv: (key: string) => `“${key}” 是机密信息，写在命令行里会被他人看到。请写入 values 文件。`,
  must: (allowed: string) => `应为${allowed.trimStart()}。`,
  allowed: {
    name: (max: number) => `小写字母、数字和连字符，以字母开头、以字母或数字结尾，最长 ${max} 个字符`,
    host: '域名，例如 posthog 或 posthog.example.com：小写字母、数字和连字符，用点分隔，每段最长 63 个字符，不含协议、路径、端口和下划线',
    flag: ' true 或 false',
    email: '电子邮箱地址',
    range: (min: number, max: number) => ` ${min} 到 ${max} 之间的整数`,
    url: '以 http:// 或 https:// 开头的地址',
    mirror: ' REGISTRY=HOST，例如 docker.io=mirror.example.com',
    replicas: (bounds: string) => `整数（${bounds}）`,
    quantity: (_: string) => ' Kubernetes 数量，例如 500m、2（CPU）或 512Mi、4Gi（内存）',
    group: (keys: string) => `一组键（${keys}）`,
    text: '文本',
  },
  places: {
    prompt: '向导',
    flag: (flag: string) => flag,
    set: '--set',
    line: (file: string, line: number) => `${file}:${line}`,
    ledger: '上次安装的设置',
    sandbox: '沙箱的默认值',
  },
  file: {
    missing: (file: string) => `values 文件 ${file} 不存在。`,
    directory: (file: string) => `${file} 是目录，不是 values 文件。`,
    tooLarge: (file: string, bytes: string) => `values 文件 ${file} 超过 ${bytes}，不可能是一组设置。`,
    unreadable: (file: string, why: string) => `无法读取 values 文件 ${file}：${why}。`,
    syntax: (file: string, line: number, why: string) => `${file}:${line}：不是合法的 YAML：${why}。`,
    duplicate: (file: string, line: number, key: string) => `${file}:${line}：键 “${key}” 重复。`,
    notMap: (file: string) => `values 文件 ${file} 应当每行一个键值，例如 “size: small”。`,
    hint: '示例：第一行 `size: small`，下一行 `host: posthog.example.com`。',
  },
};
