/** What of a node's capacity was held and used: a bar and both parts in words. */
import { Bands } from '../../components/Bands';
import { useFormat } from '../../format';
import { capacityOf, type Load } from './nodes';

export function LoadBar({ load, what, wide = false }: { load: Load; what: string; wide?: boolean }) {
  const format = useFormat();
  const capacity = capacityOf(load);
  if (capacity <= 0) return <span className="text-ink3">—</span>;
  const held = load.held / capacity;
  const used = load.used === null ? null : load.used / capacity;
  const words = `${what}: ${format.share(held)} held, ${used === null ? 'use not known' : `${format.share(used)} used`}`;
  const bands = { used: load.used, spare: load.used === null ? load.held : Math.max(0, load.held - load.used), idle: load.idle };
  return (
    <span className="flex w-full items-center justify-end gap-2">
      <span className={wide ? 'flex-1' : 'w-12'}>
        <Bands values={bands} whole={capacity} label={words} height={wide ? 8 : 6} />
      </span>
      <span className="num w-[42px] text-right" title={words}>{format.share(held)}</span>
      <span className="num w-[42px] text-right text-ink3" title={words}>{format.share(used)}</span>
    </span>
  );
}
