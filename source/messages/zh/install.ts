import type { LimitProblem, Shortage } from '../../install/quota.ts';
import type { Demand } from '../../stack/demand.ts';
import { gibibytes, rounded } from '../../text/bytes.ts';

const dimensions = {
  pods: 'Pod',
  cpu: 'CPU',
  memory: '内存',
  ephemeral: '临时磁盘',
  storage: '磁盘',
  buckets: '存储桶',
} as const;
const amount = (dimension: keyof typeof dimensions, value: number): string => {
  const left = Math.max(0, value);
  if (dimension === 'pods' || dimension === 'buckets') return String(Math.floor(left));
  return dimension === 'cpu' ? rounded(left) : gibibytes(left);
};

export const install = {
  demand: ({ pods, cpu, memory, storage }: Demand) =>
    `${rounded(cpu)} CPU、${gibibytes(memory)} 内存、${gibibytes(storage)} 磁盘、${pods} 个 Pod`,
  several: (names: string) => `这里有多个 PostHog 实例：${names}。`,
  severalHint: (example: string) => `请指明是哪一个：--name ${example}`,
  noInstance: (namespace: string) => `命名空间 ${namespace} 中没有 PostHog。`,
  noInstanceNamed: (name: string, namespace: string) => `命名空间 ${namespace} 中没有名为 ${name} 的 PostHog。`,
  noInstanceHint: '安装：`posthog-sealos install`。换一个命名空间：-n NAMESPACE。',
  noRecord: (name: string) => `${name} 不是由本程序安装的，没有可用于验证的记录。`,
  noRecordHint: '`posthog-sealos status` 可以查看它。',
  timeout: (duration: string) => `${duration} 后仍未就绪（--timeout）。`,
  timeoutLast: (what: string) => `最后的消息：${what}`,
  timeoutHint:
    'Kubernetes 会继续运行已提交的部分。再次运行 `posthog-sealos install` 即可继续，用 `posthog-sealos status` 查看。',
  preflightFailed: (checks: string) => `以下检查未通过，因此没有创建任何东西：${checks}。`,
  preflightFailedHint: '上面每项检查都说明了该怎么办。处理后再次运行同一命令。',
  conflict: (object: string, field: string, manager: string) =>
    `${object}：${field} 已被 “${manager}” 修改，本次安装会把它改回去。`,
  conflictHint: '没有做任何改动。`--conflicts keep` 保留这些字段，`--conflicts take` 按计划设置。',
  readOnly: '没有做任何改动：已设置 --read-only。',
  readOnlyHint: '去掉 --read-only 再安装；`--dry-run` 只显示计划。',
  readOnlyProof: '验证会向 PostHog 发送测试事件。要发送，请去掉 --read-only。',
  declined: '没有做任何改动。',
  unfinished: (name: string) => `${name} 的安装尚未完成；用 \`posthog-sealos install\` 继续。`,
  needsConsent: '没有做任何改动：上面的计划需要您确认。',
  needsConsentHint: '请加上 --yes 再次运行同一命令。',
  cutOff: '与集群的连接已断开，正在重试。显示的内容可能已过时。',
  connected: '与集群的连接已恢复。',
  scaledToZero: '已被缩容到 0',
  unprovable: (stopped: string) =>
    `未验证：${stopped} 的副本数为 0（由 \`scale\` 设置）。所有部件运行后，可用 \`posthog-sealos proof\` 验证。`,
  waitsFor: (components: string) => `等待 ${components}`,
  status: {
    ours: ({
      name,
      namespace,
      url,
      size,
      release,
    }: Readonly<Record<'name' | 'namespace' | 'url' | 'size' | 'release', string>>) =>
      `${namespace} 中的 PostHog ${name}：${url}（规格 ${size}，版本 ${release}）`,
    other: (name: string, namespace: string, url: string | undefined, template: boolean) =>
      `${namespace} 中的 PostHog ${name}${url === undefined ? '' : `：${url}`}，${template ? '由一键模板创建' : '其记录无法读取'}`,
    ready: (ready: number, stopped: number, all: number, isTold: boolean) =>
      ready + stopped === all
        ? stopped === 0
          ? `全部 ${all} 个部件已就绪。`
          : `${all} 个部件中 ${ready} 个已就绪，${stopped} 个按要求停止。`
        : `${all} 个部件中 ${ready} 个已就绪${isTold ? '；其余未就绪的原因见上' : ''}。`,
  },
  proofFailed: (hops: string) => `PostHog 已运行，但验证在这里失败：${hops}。`,
  proofFailedHint: '该环节的那一行说明了应检查什么。用 `posthog-sealos proof` 再试。',
  done: {
    signIn: (email: string) => `请以 ${email} 登录。首个项目已开启录屏，可在其设置中关闭。`,
    signInKept: (email: string, secret: string, namespace: string) =>
      `请以 ${email} 登录。密码保存在 Secret ${secret} 中：kubectl -n ${namespace} get secret ${secret} -o jsonpath='{.data.password}' | base64 -d\n首个项目已开启录屏，可在其设置中关闭。`,
    noAdmin: (url: string) =>
      `尚未完整验证：还没有用户，无法验证事件的完整链路。谁先在 ${url} 注册，谁就拥有这个 PostHog，请立即注册，或加上 --admin-email 再次运行 install。`,
  },
  ledger: {
    newer: '该实例上次由更新版本的 posthog-sealos 修改。',
    newerHint: '请使用最新版本：`npx posthog-sealos@latest`。',
    damaged: '无法读取该实例的安装记录。',
    damagedHint: (name: string) =>
      `查看：\`kubectl get configmap ${name} -o yaml\`。删除它是安全的：下次安装会按您的设置重新写入。`,
  },
  lock: {
    held: (holder: string) => `另一个 posthog-sealos 正在操作该实例：${holder}。`,
    hint: '请等它结束，或在那边结束它。`posthog-sealos status` 可查看进展。',
    waiting: (holder: string) => `锁上次由 ${holder} 持有；最多等待 30 秒以确认它是否仍在运行。`,
    lost: '另一个 posthog-sealos 接管了该实例，或锁未能续期。',
    lostHint: '没有丢失任何东西：再次运行 `posthog-sealos install` 即可继续。',
  },
  unchangeable: {
    admin: (owner: string, other: string) => `这个 PostHog 的首个用户是 ${owner}；install 不能改成 ${other}。`,
    adminHint: '去掉 --admin-email，其他人请在 PostHog 中邀请。',
    release: (from: string, to: string) => `该实例的版本是 ${from}；install 不能把它改为 ${to}。`,
    volume: (volume: string, from: string, to: string) =>
      `存储卷 ${volume} 的大小是 ${from}；install 不能把它改为 ${to}。`,
    volumeHint: (size: string) =>
      `存储卷在这里保持大小不变。请保留 --size ${size}，并用 --set components.<id>.memory=... 为单个部件增加 CPU 或内存。`,
  },
  fix: {
    applying: (what: string, command: string) => `修复：${what}（${command}）`,
    restart: (component: string) => `重启 ${component}`,
    secretValue: '重新读取密码，并逐个重启使用它的所有部件',
    recreateJob: (component: string) => `重新运行 Job ${component}`,
    mirror: '从镜像站拉取：相同的摘要，换一个主机',
  },
  run: {
    address: (url: string, why: string) => `所有部件都在运行，但 ${url} 没有响应：${why}。`,
    addressWaits: (url: string, why: string) => `等待 ${url} 响应：${why}`,
    addressStatus: (status: number) => `网关返回 HTTP ${status}`,
    addressHint:
      'DNS 和网关可能需要更久。再次运行 `posthog-sealos install` 会重新检查；--resolve HOST:PORT:ADDR 可绕过 DNS 访问网关。',
    addressTlsHint: '平台使用自己的证书：请用 NODE_EXTRA_CA_CERTS 指定其 CA，然后再次运行 `posthog-sealos install`。',
    noCause: '在集群中没有找到原因',
    failed: (component: string, why: string) => `${component} 失败：${why}`,
    standstill: (component: string, minutes: number, why: string) =>
      `${component} 已有 ${minutes} 分钟没有进展：${why}`,
    hint: (component: string) =>
      `查看日志：\`kubectl logs -l posthog-sealos/component=${component} --all-containers --tail 50\`。然后再次运行 \`posthog-sealos install\`，它会继续。`,
    fixHint: (cause: string) => `运行 \`posthog-sealos install --yes --fix ${cause}\`：它会继续并执行修复。`,
  },
  remains: {
    left: (
      {
        workloads,
        volumes,
        databases,
        buckets,
      }: { workloads: number; volumes: number; databases: number; buckets: number },
      commands: { app: readonly string[]; data: readonly string[] },
    ) =>
      [
        `集群中仍保留并继续计费：${workloads} 个工作负载、${volumes} 个存储卷、${databases} 个数据库、${buckets} 个存储桶。再次安装会接着使用它们。`,
        '删除应用并保留数据：',
        ...commands.app.map((line) => `  ${line}`),
        '连同数据一起删除（无法撤销）：',
        ...commands.data.map((line) => `  ${line}`),
      ].join('\n'),
  },
  preflight: {
    api: (version: string, namespace: string) => `Kubernetes ${version} 有响应，命名空间 ${namespace}`,
    apiOld: (version: string) => `Kubernetes ${version} 早于 1.28，而 1.28 是本程序支持的最低版本。`,
    apis: (generation: string) => `这是 Sealos，KubeBlocks ${generation}`,
    apisMissing: (missing: string) => `这看起来不是 Sealos：集群没有提供 ${missing}。`,
    apisMissingHint: '请使用 Sealos 桌面为您的工作空间提供的 kubeconfig。',
    rights: (count: number) => `您的令牌具备安装所需的全部 ${count} 项权限`,
    rightsReadOnly: (missing: string) => `您的令牌在这里只能读取。缺少：${missing}。`,
    rightsMissing: (missing: string) => `您的令牌缺少权限：${missing}。`,
    rightsHint: '请向工作空间的所有者申请 Owner 或 Manager 角色，然后重新下载 kubeconfig。',
    debt: '该工作空间的账户已欠费：Sealos 已停止它，任何东西都无法启动。',
    debtHint: '请在 Sealos 桌面充值。欠费约 14 天后数据会被删除。',
    noDebt: '账户没有欠费',
    quota: (needed: string) => `配额足够：最多需要 ${needed}`,
    shortage: ({ dimension, needed, free, hard }: Shortage) =>
      `${dimensions[dimension]}：峰值需要 ${amount(dimension, needed)}，剩余 ${amount(dimension, free)}（共 ${amount(dimension, hard)}）。`,
    quotaHeals:
      '当 Pod 申请时 Sealos 会自动扩大这些配额，每天最多一次；若仍不够，部分部件要等到明天。选较小的规模则无需等待。',
    quotaLater: '运行所需的配额足够。以后的更改会短时间需要这些配额：更改之前请腾出空间，或向 Sealos 申请更多配额。',
    quotaHint: (size: string) =>
      `请选择比 ${size} 更小的规格，删除该工作空间中不需要的东西，或向 Sealos 申请更多配额。`,
    limitRange: ({ container, resource, limit, bound }: LimitProblem) =>
      `${container} 需要 ${limit} ${resource}；这里的 LimitRange 最多允许 ${bound}。`,
    limitRangeHint: '请选择更小的规格，或请集群管理员提高 LimitRange。',
    limitRangeFine: '没有容器超过允许的大小',
    nameFree: (name: string) => `名称 ${name} 可用`,
    nameOurs: (name: string) => `${name} 已存在，由本程序创建`,
    nameTaken: (name: string) => `这里已有别的东西叫 ${name}，可能是一键模板的 PostHog。不会动它。`,
    nameTakenHint: (name: string) => `请换一个名称，例如 --name ${name}-2。`,
    dataNone: '没有以前安装遗留的数据',
    dataKept: '以前安装的数据及其密钥都在',
    secretLost: (secret: string, database: string) =>
      `数据库 ${database} 还在，但保存其密钥的 Secret ${secret} 不见了。新的密钥会使其中内容无法读取。`,
    keysLost: (secret: string, keys: string, database: string) =>
      `数据库 ${database} 还在，但其 Secret ${secret} 缺少 ${keys}。新的密钥会使其中内容无法读取。`,
    secretLostHint: (name: string) => `请从备份恢复该 Secret，或使用 ${name} 以外的名称安装。`,
    storage: '对象存储可用',
    storageOwn: (endpoint: string) => `使用您自己的对象存储 ${endpoint}`,
    storageMissing: '该集群没有对象存储，而 PostHog 的录屏和导出需要它。',
    storageMissingHint:
      '请提供自己的 S3：--set s3.endpoint=...、s3.bucket、s3.accessKey，并在 values 文件中写 s3.secretKey。',
    domain: (domain: string) => `公网地址以 ${domain} 结尾`,
    domainUnknown: '没有找到公网地址的域名。',
    domainHint: '请给出完整域名：--host posthog.example.com',
    host: (host: string, addresses: string) => `${host} 解析到 ${addresses}`,
    hostTaken: (host: string, ingress: string) => `${host} 已被 Ingress ${ingress} 使用。`,
    hostTakenHint: '请换一个：--host NAME',
    hostTooDeep: (host: string, domain: string) => `${host} 在 ${domain} 之前有不止一段；Sealos 的证书只覆盖一段。`,
    hostTooDeepHint: (domain: string) => `请使用形如 posthog.${domain} 的域名。`,
    hostUnresolved: (host: string) => `${host} 在 DNS 中还没有地址。`,
    hostUnresolvedHint: (target: string | undefined) =>
      `使用自己的域名时，请创建指向 ${target ?? 'Sealos 所给地址'} 的 CNAME。安装会继续；DNS 生效后公网地址即可访问。`,
    ownHostUnresolvedHint: (host: string) =>
      `Sealos 为其域名下的所有名称提供服务，请检查本机的 DNS；或指定网关地址：--resolve ${host}:443:ADDR 并加上 --host ${host}。`,
  },
};
