/** The name of what a group holds: of a controller its name, with its kind beside it in small. */
import { kindOf, nameOf, titleOf } from '../format';

export function Name({ value, group }: { value: string; group: string }) {
  const kind = group === 'controller' ? kindOf(value) : '';
  if (!kind) return nameOf(value, group);
  return (
    <>
      {value.slice(kind.length + 1)} <span className="text-xs font-normal text-ink3">{titleOf(kind)}</span>
    </>
  );
}
