export const cause = {
  debt: '账户已欠费，Sealos 已停止该工作空间。请在 Sealos 桌面充值。',
  resources: { cpu: 'CPU', memory: '内存', storage: '磁盘', pods: 'Pod 数量' },
  lack: (resource: string, more: string, used = '?', limit = '?') =>
    `${resource}：还需 ${more}，已用 ${used}，上限 ${limit}`,
  and: '；',
  quota: (lacks: string) =>
    `工作空间配额不足（${lacks}）。Sealos 不会自动扩大这一项：请腾出空间（缩小部件），或向 Sealos 申请更多。`,
  quotaHeals: (lacks: string) => `工作空间配额不足（${lacks}）。Sealos 通常会在几分钟内自动扩大，每天一次。`,
  quotaDays: (lacks: string, days: number) =>
    `工作空间配额不足（${lacks}）。Sealos 每天自动扩大一次，需要 ${days} 天：请腾出空间（缩小部件），或向 Sealos 申请更多。`,
  quotaEnlarged: (lacks: string) =>
    `工作空间配额不足（${lacks}）。Sealos 今天已扩大过，每天只扩大一次：请等待、腾出空间（缩小部件），或向 Sealos 申请更多。`,
  limitRange: '它申请的资源超过了该命名空间允许单个容器使用的上限。',
  podSecurity: '该命名空间的安全规则拒绝了它的 Pod。',
  rights: '集群因权限不足拒绝创建它的 Pod。',
  databaseVersion: (component: string) => `该集群不提供所需版本的 ${component}。`,
  imageMissing: (image: string) => `在镜像仓库中找不到镜像 ${image}。`,
  imagePull: (image: string) => `无法拉取镜像 ${image}；这里可能难以访问其镜像仓库。可以使用镜像站。`,
  imageMirror: (image: string) =>
    `无法从镜像站拉取镜像 ${image}：镜像站地址可能有误，或其中没有该镜像。请换一个镜像站。`,
  imageLimited: (image: string) => `镜像仓库限制了拉取频率（${image}）。会自动重试；可以使用镜像站。`,
  volume: (component: string) => `无法提供 ${component} 的磁盘。`,
  unschedulable: '集群中目前没有节点能容纳它。',
  secretMissing: '所需的 Secret 或其中的键还不存在。',
  configMissing: '它的部分配置还不存在。',
  oom: (component: string) => `${component} 需要的内存超过上限，因此被终止。`,
  evicted: (component: string) => `${component} 写入的临时磁盘超过上限，因此被驱逐。`,
  redisAuth: (component: string) => `${component} 连不上 Redis：密码错误。`,
  databaseAuth: (component: string) => `${component} 连不上 PostgreSQL：密码错误。`,
  crash: (component: string) => `${component} 反复自行退出。`,
  probe: (component: string) => `${component} 在运行，但健康检查没有响应。`,
  jobFailed: (job: string) => `${job} 失败，已用完重试次数。`,
  databaseFailed: (component: string) => `平台报告 ${component} 已失败。`,
  bucket: '平台还没有发放存储桶的密钥；通常只需几秒。',
  dependency: (components: string) => `它在等待 ${components}。`,
  pulling: (component: string) => `正在拉取并准备 ${component}；首次拉取镜像可能需要几分钟。`,
  starting: (component: string) => `${component} 正在启动。`,
};
