/** ZooKeeper: four-letter words, those that are allowed. */
import type { Host } from './host.ts';
import { zookeeper as log } from './logs.ts';

export async function runZookeeper(host: Host): Promise<void> {
  const allowed = (host.env['ZOO_4LW_COMMANDS_WHITELIST'] ?? 'srvr').split(',');
  const answers: Readonly<Record<string, string>> = {
    ruok: 'imok',
    srvr: 'Zookeeper version: 3.7.0\nMode: standalone\n',
    mntr: 'zk_version\t3.7.0\n',
    conf: 'clientPort=2181\n',
  };
  await host.serveText(2181, (text) => {
    const word = text.trim().slice(0, 4);
    return allowed.includes(word)
      ? (answers[word] ?? '')
      : `${word} is not executed because it is not in the whitelist.\n`;
  });
  log(host, 'Started AdminServer');
  log(host, 'binding to port 0.0.0.0/0.0.0.0:2181');
}
