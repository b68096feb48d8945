/** The words of the page: what to do and how that is known, and why something costs otherwise than before. */
import { titleOf, type Format } from '../../format';
import type { Action } from './actions';
import type { Mover } from './movers';

const RESOURCES = { cpu: 'CPU', ram: 'RAM', gpu: 'GPU' } as const;
const WEEK = 7;
/** What quantities over time are on average. */
const AVERAGES: Record<string, string> = { 'core·h': 'cores', 'GiB·h': 'GiB', 'card·h': 'cards' };
/** Changes of a price or a quantity up to that are none. */
const SAME = 0.005;
/** A part of a difference from which on it is all of it. */
const ALL = 0.995;
/** From twice as much on, how many times is easier to grasp than per cent. */
const TIMES = 2;

/** What to do, and how it is known. `days`: how many are looked at. */
export function adviceIn(action: Action, days: number, format: Format): { title: string; how: string } {
  const { facts, cluster, namespace, name } = action;
  const fact = (key: string): number => facts[key] ?? 0;
  const kind = name || 'unknown';
  const workload = named(name);
  const place = `${namespace.startsWith('__') || !namespace ? '' : `${namespace} · `}${cluster}: `;
  const then = days === WEEK ? 'that week' : days === 1 ? 'that day' : `those ${format.whole(days)} days`;
  switch (action.kind) {
    case 'nodes': {
      const [count, all] = [fact('count'), Math.max(1, Math.round(fact('nodes')))];
      const average = Math.abs(fact('nodes') - all) < 0.05 ? '' : ` ${format.count(Math.round(fact('nodes') * 10) / 10)} nodes on average.`;
      if (count >= all) {
        return {
          title: count === 1 ? `Remove the ${kind} node` : `Remove the ${format.whole(count)} ${kind} nodes`,
          how: `${place}${format.share(fact('idle'))} of ${count === 1 ? 'its' : 'their'} cost was idle ${then}, hardly a pod is there.${average}`,
        };
      }
      const why = fact('empty') >= count ? 'as many were all but empty' : `${action.scarce ? RESOURCES[action.scarce] : 'what'} is scarcest there, and ${format.share(fact('spare'))} of it is free: their pods fit on fewer`;
      return { title: `Remove ${format.whole(count)} of the ${format.whole(all)} ${kind} nodes`, how: `${place}${why}.${average}` };
    }
    case 'idle':
      return { title: `Can ${kind} nodes scale down?`, how: `${place}${format.share(fact('idle'))} of their cost was idle ${then}, yet no whole node was free all the time.` };
    case 'requests':
      return { title: `Does ${workload} need what it requests?`, how: `${place}it uses ${format.share(fact('used'))} of the CPU and RAM that it requests. Saved once fewer nodes are needed.` };
    case 'gpu':
      return { title: `Does ${workload} need its GPUs?`, how: `${place}it uses ${format.share(fact('cpu'))} of its CPU; use of the cards is not measured. Saved once their node is removed.` };
    case 'volumes':
      return { title: 'Delete volumes that nobody mounts', how: `${place}they cost, and no pod uses them.${fact('balancers') > 0 ? ' Load balancers of nobody are among them.' : ''}` };
  }
}

function named(controller: string): string {
  const [, name] = controller.split(/:(.*)/s);
  return name ?? (controller.startsWith('__') ? 'pods of no controller' : controller);
}

/** Why something costs otherwise: the resource whose cost changed most, and whether more of it was held or its price changed. `hours`: of each period. */
export function reasonIn(mover: Mover, hours: { now: number; before: number }, format: Format): string {
  const { cause, kind, difference } = mover;
  const what = cause ? titleOf(cause.resource) : '';
  if (kind !== 'changed') return cause ? `most of it ${inText(what)}` : kind === 'new' ? 'not there before' : 'no longer there';
  if (!cause) return difference > 0 ? 'costs more' : 'costs less';
  const head = Math.abs(cause.difference) < Math.abs(difference) * ALL ? `${what} ${format.short(Math.abs(cause.difference))} of it` : what;
  const { held } = cause;
  if (!held || held.before === 0 || held.now === 0 || !hours.now || !hours.before) return head === what ? `all of it ${inText(what)}` : head;
  const [now, before] = [held.now / hours.now, held.before / hours.before];
  const dearer = cause.now / held.now / (cause.before / held.before) - 1;
  const more = now / before - 1;
  // As much as before, or a change to the other side: then it is the price, on the whole, of what was held.
  if (Math.abs(dearer) > SAME && (Math.abs(more) <= SAME || more > 0 !== difference > 0)) return `${head}: ${dearer > 0 ? 'a higher' : 'a lower'} price of what ${mover.idle ? 'is idle' : 'it holds'}`;
  // A change that does not show in the digits shown explains nothing.
  if (format.count(before) === format.count(now)) return head === what ? `all of it ${inText(what)}` : head;
  return `${head}: ${mover.idle ? `idle ${more > 0 ? 'rose' : 'fell'} ` : ''}from ${format.count(before)} to ${format.quantity(now, AVERAGES[held.unit] ?? held.unit)} on average`;
}

/** How a cost stands to the one before. */
export function sizeIn(now: number, before: number, format: Format): string {
  if (before <= 0) return now > 0 ? 'new' : '';
  if (now === 0) return 'ended';
  return now / before >= TIMES ? `${format.count(now / before)} ×` : format.change(now, before).text;
}

const inText = (title: string): string => (/^[A-Z]{2}/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1));
