export const sandbox = {
  unusable: (folder: string, why: string) => `沙箱无法把状态保存到 ${folder}（${why}）。`,
  unusableHint: '请腾出空间或让该目录可写，或用 XDG_STATE_HOME 指定另一个目录。',
  newer: (file: string) => `${file} 中的沙箱由更新版本的 posthog-sealos 创建。`,
  newerHint:
    '请使用最新版本：`npx posthog-sealos@latest`。或重新开始：`posthog-sealos sandbox reset`（旧状态会保留在旁边）。',
  damaged: (file: string) => `无法读取沙箱的状态：${file}。`,
  damagedHint: '重新开始：`posthog-sealos sandbox reset`。损坏的状态会保留在旁边。',
  portTaken: (port: number) => `沙箱的端口 ${port} 已被其他程序占用。`,
  portTakenHint: '请结束该程序，或换一个端口：`posthog-sealos sandbox up --port PORT`。',
};
