/** Answers and platform facts -> the objects of an instance, in the order they are applied. Pure. */
import { componentOf } from './components.ts';
import { isOwned, withConventions } from './conventions.ts';
import { expandEnv, type GroupChoice } from './env.ts';
import { manifests as bundled, type JsonObject, type Manifests } from './manifests.ts';
import { modelOf, type RenderInput } from './model.ts';
import {
  type ComponentId,
  componentIds,
  type Json,
  type KubeObject,
  type RenderedObject,
  type Step,
  steps,
} from './types.ts';
import { substitute } from './variables.ts';

/** Objects that pods of several steps need, applied together early. */
const baseKinds = new Set(['ConfigMap', 'Service', 'ServiceAccount', 'Role', 'RoleBinding']);

/**
 * Every object of the instance, Secrets included (without values unless given). Ordered by step.
 * Throws a RangeError when a manifest is wrong; the build renders every size, so that this cannot happen to users.
 */
export function render(input: RenderInput, manifests: Manifests = bundled): readonly RenderedObject[] {
  const lookup = modelOf(input, manifests);
  const choose = groupChoice(input);
  const parts = (['instance', ...componentIds] as const).filter(
    (id) => id !== 'bucket' || input.answers.s3 === undefined,
  );
  const plain = parts.flatMap((component) =>
    manifests.documents[component].map((document) => ({
      component,
      object: substitute(expandContainers(document, manifests, choose), lookup) as unknown as KubeObject,
    })),
  );
  const config = new Map(
    plain
      .filter(({ object }) => object.kind === 'ConfigMap')
      .map(({ object }) => [object.metadata.name, object['data'] as Json]),
  );
  const belonging = { app: input.answers.name, namespace: input.namespace, instanceUid: input.instanceUid };
  const rendered = [
    ...secretObjects(input),
    ...plain.map(({ component, object }) => ({
      component,
      object: withConventions(object, { ...belonging, component }, config),
    })),
  ].map(({ component, object }) => ({ component, object, step: stepOf(component, object), owned: isOwned(object) }));
  return rendered.sort((a, b) => steps.indexOf(a.step) - steps.indexOf(b.step));
}

/** Names of the Secrets this program itself writes. */
export const ownSecrets = (app: string) => ({
  env: `${app}-env`,
  s3: `${app}-s3`,
  mail: `${app}-mail`,
  admin: `${app}-admin`,
});

function secretObjects(input: RenderInput): { component: 'instance'; object: KubeObject }[] {
  const { answers, namespace, secrets } = input;
  const names = ownSecrets(answers.name);
  const needed = [names.env, ...(answers.s3 ? [names.s3] : []), ...(answers.mail ? [names.mail] : [])];
  return needed.map((name) => ({
    component: 'instance',
    object: withConventions(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name },
        type: 'Opaque',
        ...(secrets?.[name] === undefined ? {} : { stringData: secrets[name] }),
      },
      { app: answers.name, namespace, component: 'instance', instanceUid: undefined },
      new Map(),
    ),
  }));
}

function groupChoice({ answers, urls }: RenderInput): GroupChoice {
  return (group) => {
    if (group === 'mail') return answers.mail ? 'mail' : undefined;
    if (group === 's3') return answers.s3 ? 's3-external' : 's3';
    if (group === 'pg' || group === 'redis') return urls === 'encoded' ? `${group}-encoded` : group;
    return group;
  };
}

function stepOf(component: ComponentId | 'instance', object: KubeObject): Step {
  if (object.kind === 'Secret') return 'secrets';
  if (component === 'instance') return 'instance';
  return baseKinds.has(object.kind) ? 'base' : componentOf(component).step;
}

function expandContainers(object: JsonObject, manifests: Manifests, choose: GroupChoice): JsonObject {
  const spec = object['spec'] as JsonObject | undefined;
  const template = spec?.['template'] as JsonObject | undefined;
  const pod = template?.['spec'] as JsonObject | undefined;
  if (!spec || !template || !pod) return object;
  const expand = (containers: Json | undefined) =>
    ((containers ?? []) as readonly JsonObject[]).map((container) =>
      container['env'] === undefined
        ? container
        : { ...container, env: expandEnv(container['env'] as readonly Json[], manifests.env, choose) },
    );
  const inits = pod['initContainers'] === undefined ? {} : { initContainers: expand(pod['initContainers']) };
  return {
    ...object,
    spec: { ...spec, template: { ...template, spec: { ...pod, ...inits, containers: expand(pod['containers']) } } },
  };
}
