/**
 * The custom resources of Sealos, reduced: written from the field lists of `sealos-platform.md` section 4. Field names, enums and what is
 * required are those of the originals; descriptions and deeper validation are left out.
 */
import { type Definition, fields, flag, listOf, mapOf, oneOf, text, texts, whole } from './resource-schema.ts';

const displayType = oneOf('normal', 'more', 'hidden');
const menuData = listOf(fields({ link: text, name: text }));
const appData = fields({ desc: text, url: text });
const appTexts = fields({ data: appData, displayType, icon: text, menuData, name: text, type: text });
const inTemplateLanguage = fields({
  description: text,
  gitRepo: text,
  icon: text,
  readme: text,
  title: text,
  url: text,
});

export const sealosResources: readonly Definition[] = [
  {
    group: 'app.sealos.io',
    version: 'v1',
    kind: 'App',
    spec: fields({
      ...{ data: appData, displayType, i18n: mapOf(appTexts), icon: text, menuData, name: text, type: text },
      position: { type: 'number' },
    }),
    status: fields({}),
  },
  {
    group: 'app.sealos.io',
    version: 'v1',
    kind: 'Instance',
    spec: {
      ...fields(
        {
          ...{
            author: text,
            categories: texts,
            description: text,
            draft: flag,
            gitRepo: text,
            icon: text,
            locale: text,
          },
          ...{ readme: text, templateType: text, title: text, url: text, i18n: mapOf(inTemplateLanguage) },
          defaults: mapOf(fields({ type: text, value: text }, ['type', 'value'])),
          inputs: mapOf(fields({ default: text, description: text, required: flag, type: text }, ['type'])),
        },
        ['templateType', 'title'],
      ),
      'x-kubernetes-validations': [{ message: 'defaults must have app_name key', rule: "'app_name' in self.defaults" }],
    },
    status: fields({}),
  },
  {
    group: 'objectstorage.sealos.io',
    version: 'v1',
    kind: 'ObjectStorageBucket',
    spec: fields({ policy: { ...oneOf('private', 'publicRead', 'publicReadwrite'), default: 'private' } }),
    status: fields({ name: text, size: whole }),
  },
  {
    group: 'objectstorage.sealos.io',
    version: 'v1',
    kind: 'ObjectStorageUser',
    spec: fields({ secretKeyVersion: { ...whole, default: 0 } }),
    status: fields({
      ...{ accessKey: text, secretKey: text, external: text, internal: text },
      ...{ objectsCount: whole, quota: whole, size: whole, secretKeyVersion: { ...whole, default: 0 } },
    }),
  },
];
