export const scenarios = {
  fresh: { summary: '空的工作空间', finds: '没有问题：可以安装到底' },
  running: { summary: '装好的小规格实例，已轻度使用几天', finds: '所有部分就绪，验证通过' },
  busy: {
    summary: '大规格实例，每秒接收 1,200 个事件',
    finds: '所有部分就绪，没有持续的积压；ClickHouse 和它的磁盘最忙',
  },
  backlog: {
    summary: '小规格实例，事件到达的速度超过一个 ingestion 的处理能力',
    finds: '事件处理落后：扩容后可以同时读取更多分区',
  },
  'quota-tight': {
    summary: '配额太小、且今天已经扩过一次的工作空间',
    finds: '配额拒绝 Pod，并说明缺什么；最早明天才会扩大',
  },
  'image-pull': { summary: '集群访问不到的镜像仓库', finds: '镜像无法拉取；可以使用镜像站' },
  'volume-pending': { summary: '没有默认磁盘类型的平台', finds: '存储卷一直没有创建；Pod 在等待它们' },
  'redis-wrong-password': {
    summary: '运行中的实例，Redis 换了密码',
    finds: 'plugins 因 WRONGPASS 退出；`install` 会改正它读取的地址',
  },
  'pg-not-ready': { summary: 'PostgreSQL 一直选不出主节点', finds: '所有部分都在等待 PostgreSQL' },
  'init-job-failed': { summary: 'PostgreSQL 不允许创建数据库', finds: 'db-init 失败，并给出 PostgreSQL 的原话' },
  'ingress-slow': { summary: '网关要几分钟才知道新地址', finds: '所有部分就绪，但公网地址仍返回 404；之后会自行恢复' },
  'certificate-pending': {
    summary: '网关出示的是自己的证书，而不是该地址的证书',
    finds: '公网地址不受信任：它的证书还没有签发',
  },
  'clickhouse-disk': {
    summary: '运行中的实例，ClickHouse 的磁盘已没有空间',
    finds: '事件被接收并等待，但没有进入 ClickHouse',
  },
  'bucket-full': { summary: '运行中的实例，存储桶已满', finds: '事件能到达，录像无法保存' },
  'oom-web': { summary: '运行中的实例，web 需要的内存超过上限', finds: 'web 因内存不足反复被终止' },
  debt: { summary: '因欠费被停用的工作空间', finds: '账户欠费：充值之前什么都不会运行' },
  'template-install': {
    summary: '一键模板创建的实例，带有它的缺陷',
    finds: '不是本程序创建的实例：没有部分读取事件，也没有 Service 通向 capture、录像和 flags',
  },
  'old-kubeblocks': { summary: '使用 KubeBlocks 0.8 的集群', finds: '没有问题：可以安装到底' },
  'two-managers': {
    summary: '运行中的实例，其中一部分被 kubectl 改过',
    finds: '修改 web 时遇到另一个管理者：保留或接管，绝不擅自覆盖',
  },
};
