/** The name of what a group holds: of a controller its name, with its kind beside it in small. */
import { nameOf, titleOf } from '../format';

export function Name({ value, group }: { value: string; group: string }) {
  const at = group === 'controller' ? value.indexOf(':') : -1;
  if (at < 0) return nameOf(value, group);
  return (
    <>
      {value.slice(at + 1)} <span className="text-xs font-normal text-ink3">{titleOf(value.slice(0, at))}</span>
    </>
  );
}
